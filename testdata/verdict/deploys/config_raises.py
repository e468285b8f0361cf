raise ValueError("this config is for the other cluster")
