"""The kernel's counters of what it received, sent and threw away."""


def read(*files: str) -> dict[str, int]:
    """The counters in the texts of /proc/net/snmp, netstat and snmp6, as `nstat` names them."""
    found: dict[str, int] = {}
    for text in files:
        lines = [line.split() for line in text.splitlines()]
        for names, values in zip(lines, [*lines[1:], [""]], strict=True):
            if not names[0].endswith(":"):  # snmp6: a counter and its value in each line
                found[names[0]] = int(names[1])
            elif values[0] == names[0]:  # snmp: a line of names, then one of values
                group = names[0][:-1]
                pairs = zip(names[1:], values[1:], strict=True)
                found |= {group + name: int(value) for name, value in pairs}
    return found


def moved(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """By how much each counter has grown, without those that have not."""
    growth = {name: value - before.get(name, 0) for name, value in after.items()}
    return {name: more for name, more in growth.items() if more > 0}
