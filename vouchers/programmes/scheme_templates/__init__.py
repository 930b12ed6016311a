"""Published schemes as rule documents to start a draft from. A template is no law: its officers
enter the rules from the official text; `proposed` names what that text does not state.
"""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def list_templates() -> list[str]:
    """The names, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


def load_template(name: str) -> dict[str, Any]:
    """One template's data, to be given to `parse_rules`; KeyError for an unknown name."""
    if name not in list_templates():
        raise KeyError(name)
    data: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return data
