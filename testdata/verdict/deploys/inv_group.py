web = ["@local", 7]
