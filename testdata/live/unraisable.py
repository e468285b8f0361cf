"""An exception that Python can only report: `Exception ignored in: …`."""


class A:
    def __del__(self):
        assert 0


a = A()
del a
