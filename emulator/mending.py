"""How a mend makes sure that the emulator is still the one it was made for."""

import inspect
import sys


def expect(found, what):
    if not found:
        sys.exit(f"emulator/launcher.py cannot mend this emulator: it expects that {what}. Look at every mend again.")


def parameters(function):
    return list(function.__code__.co_varnames[: function.__code__.co_argcount])


def source(function):
    return inspect.getsource(function)
