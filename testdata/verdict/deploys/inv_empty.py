hosts = []
