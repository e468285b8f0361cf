hosts = 7


def raises():
    raise ConnectionError("the inventory service said 503")


def no_dict():
    return ["@local"]


def make():
    return {"all": ["@local"]}
