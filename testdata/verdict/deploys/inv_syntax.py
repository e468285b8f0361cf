hosts = ["@local"
