hosts = open("hosts.txt").read().split()
