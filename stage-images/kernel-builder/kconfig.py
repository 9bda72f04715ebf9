"""What Kconfig knows of options: which there are, their types, and why one of them has the value it has.

    python3 kconfig.py symbols          stdin: null
    python3 kconfig.py types            stdin: ["CONFIG_A", …]
    python3 kconfig.py explain .config  stdin: [{"symbol": "CONFIG_A", "value": "y"}, …]

Prints JSON; its shape is checked by kconfig.ts. The kernel's own Kconfig files are read as `make` reads them, so srctree,
ARCH, SRCARCH, CC, LD, NM, OBJCOPY and PAHOLE must be in the environment, and the working directory must be writable.
"""

import difflib
import json
import sys

from kconfiglib import (
    AND,
    EQUAL,
    HEX,
    INT,
    OR,
    STRING,
    TRISTATE,
    TYPE_TO_STR,
    UNKNOWN,
    Choice,
    Kconfig,
    Symbol,
    expr_items,
    expr_str,
    expr_value,
    split_expr,
    standard_sc_expr_str,
)

PREFIX = "CONFIG_"
# How far "switch this on first" is followed, how many selecting options are tried, and how many names a message takes.
MAX_DEPTH = 6
MAX_SELECTORS = 16
MAX_NAMES = 5
# Characters of a help text.
MAX_HELP = 4000


def main():
    kconfig = Kconfig("Kconfig", warn=False, suppress_traceback=True)
    asked = json.load(sys.stdin)
    if sys.argv[1] == "types":
        answer = {name: type_of(find(kconfig, name)) for name in asked}
    elif sys.argv[1] == "symbols":
        answer = [about(symbol) for symbol in kconfig.unique_defined_syms if symbol.orig_type != UNKNOWN]
    else:
        kconfig.load_config(sys.argv[2])
        answer = [explain(kconfig, wish["symbol"], wish["value"]) for wish in asked]
    json.dump(answer, sys.stdout)


def find(kconfig, name):
    """The symbol, or None when nothing defines it (dependencies may name symbols of other architectures)."""
    symbol = kconfig.syms.get(name.removeprefix(PREFIX))
    return symbol if symbol is not None and symbol.nodes else None


def about(symbol):
    """What a list of options shows of one; it may be defined in several places, of which only some have a prompt or help."""
    helps = (node.help for node in symbol.nodes if node.help)
    return {
        "symbol": PREFIX + symbol.name,
        "type": TYPE_TO_STR[symbol.orig_type],
        "prompt": next((node.prompt[0] for node in symbol.nodes if node.prompt), None),
        "help": next((text.strip()[:MAX_HELP] for text in helps), None),
    }


def type_of(symbol):
    return TYPE_TO_STR[symbol.orig_type] if symbol is not None else None


def explain(kconfig, name, wanted):
    symbol = find(kconfig, name)
    if symbol is None:
        return {"symbol": name, "known": False, "near": near_names(kconfig, name)}
    parts = conditions(symbol)
    level = needed_level(symbol, wanted)
    return {
        "symbol": name,
        "known": True,
        "unmet": unmet(parts, level),
        # None: switching symbols on is not enough, or nobody can tell which.
        "enable": ways_of_all(parts, level, (symbol,)),
        "settable": any(node.prompt for node in symbol.nodes),
        "selectedBy": named(part for part in split_expr(symbol.rev_dep, OR) if expr_value(part)),
        "selectors": named(split_expr(symbol.rev_dep, OR)),
        "choice": chosen(symbol),
        "range": allowed_range(symbol),
    }


def needed_level(symbol, wanted):
    """What the dependencies must be worth: only a tristate that is to be built in needs all of them built in."""
    return 2 if symbol.orig_type == TRISTATE and wanted == "y" else 1


def conditions(item):
    """What must hold so that a symbol or choice can be set: of several definitions, the one that lacks least."""
    alternatives = [node.prompt[1] for node in item.nodes if node.prompt] or [item.direct_dep]
    split = [flatten(alternative) for alternative in alternatives]
    return min(split, key=lambda parts: sum(expr_value(part) == 0 for part in parts))


def flatten(condition):
    """The operands of an AND; for a choice, on which its members depend, the conditions of the choice."""
    parts = []
    for part in split_expr(condition, AND):
        parts += conditions(part) if isinstance(part, Choice) else [part]
    return parts


def unmet(parts, level):
    described = [describe(part) for part in parts if expr_value(part) < level]
    return list({part["expression"]: part for part in described}.values())


def describe(expression):
    """An unmet condition in Kconfig's own terms, and what the symbols in it are now."""
    symbols = [item for item in expr_items(expression) if isinstance(item, Symbol) and not item.is_constant]
    symbols.sort(key=lambda symbol: symbol.name)
    return {
        "expression": expr_str(expression, name_of),
        "values": {PREFIX + item.name: item.str_value if item.nodes else None for item in symbols},
    }


def name_of(item):
    if isinstance(item, Symbol) and not item.is_constant:
        return PREFIX + item.name
    return standard_sc_expr_str(item)


def ways_of_all(parts, level, seen):
    """The names to switch on, in order, so that all `parts` reach `level`; None when there is no such list."""
    found = [ways(part, level, seen) for part in parts]
    return None if None in found else merged(found)


def ways(expression, level, seen):
    if expr_value(expression) >= level:
        return []
    if isinstance(expression, Choice):
        return ways_of_all(conditions(expression), 1, seen)
    if isinstance(expression, Symbol):
        return ways_of_symbol(expression, seen)
    if expression[0] == AND:
        return ways_of_all(expression[1:], level, seen)
    if expression[0] == OR:
        return shortest(ways(part, level, seen) for part in expression[1:])
    if expression[0] == EQUAL and expression[2].name == "y":
        return ways_of_symbol(expression[1], seen)
    return None


def ways_of_symbol(symbol, seen):
    if symbol.is_constant or symbol.orig_type in (STRING, INT, HEX) or symbol in seen or len(seen) > MAX_DEPTH:
        return None
    seen = (*seen, symbol)
    if any(node.prompt for node in symbol.nodes):
        first = ways_of_all(conditions(symbol), 2 if symbol.orig_type == TRISTATE else 1, seen)
        return None if first is None else merged([first, [PREFIX + symbol.name]])
    # Without a prompt it is on by default, under conditions, or when an option that selects it is on (`A && condition`).
    defaults = [ways_of_all([value, condition], 1, seen) for value, condition in symbol.defaults]
    selections = split_expr(symbol.rev_dep, OR)[:MAX_SELECTORS]
    return shortest([*defaults, *(ways(part, 1, seen) for part in selections)])


def shortest(lists):
    return min((names for names in lists if names is not None), key=len, default=None)


def merged(lists):
    return list(dict.fromkeys(name for names in lists for name in names))


def named(selections):
    """The symbols that make a select: the first operand of `A && condition`."""
    owners = (split_expr(selection, AND)[0] for selection in selections)
    names = dict.fromkeys(PREFIX + owner.name for owner in owners if isinstance(owner, Symbol) and owner.nodes)
    return list(names)[:MAX_NAMES]


def chosen(symbol):
    """Of a choice only one member can be on: which one is."""
    if symbol.choice is None or symbol.choice.selection is None:
        return None
    return PREFIX + symbol.choice.selection.name


def allowed_range(symbol):
    for low, high, condition in symbol.ranges:
        if expr_value(condition):
            return [low.str_value, high.str_value]
    return None


def near_names(kconfig, name):
    names = [symbol.name for symbol in kconfig.unique_defined_syms]
    near = difflib.get_close_matches(name.removeprefix(PREFIX), names, n=MAX_NAMES, cutoff=0.75)
    return [PREFIX + other for other in near]


main()
