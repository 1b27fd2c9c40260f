"""How many of what, in words."""


def counted(number: float, unit: str, form: str = "") -> str:
    """The number and its unit, in the plural unless it is one: 1 byte, 2 bytes.  `form` is how the
    number is written, as in `format`."""
    return f"{number:{form}} {unit}" + "s" * (number != 1)
