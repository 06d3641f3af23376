"""Where layouts, themes, programmes and the configuration lie, by name: the user's own before the bundled ones.

A checkout and an editable install keep ``layouts/``, ``themes/`` and ``programmes/`` beside the package; a wheel carries a copy inside.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from noc.config.nearest import hint
from noc.model.errors import ConfigError, Fault

SUFFIXES = (".yaml", ".yml")
PACKAGE = Path(__file__).resolve().parent.parent


def xdg(kind: str, fallback: str, environ: Mapping[str, str], home: Path) -> Path:
    """noc's directory under ``XDG_<kind>_HOME``; a relative value is ignored, as the XDG specification says."""
    value = environ.get(f"XDG_{kind}_HOME", "")
    base = Path(value) if value.startswith("/") else home / fallback
    return base / "noc"


def bundled(folder: str) -> Path:
    """``layouts``, ``themes`` or ``programmes`` as shipped: beside the package in a checkout, inside it in a wheel."""
    beside = PACKAGE.parent / folder
    if (PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    return PACKAGE / "_bundled" / folder


def is_path(name: str) -> bool:
    """Whether the user wrote a path (``./mine.yaml``, ``ops/wall``) rather than a name."""
    return "/" in name or name.endswith(SUFFIXES)


@dataclass(frozen=True, slots=True)
class Places:
    """The directories that are searched, first wins."""

    config: Path
    """noc's directory for configuration: ``config.yaml``, ``layouts/``, ``themes/``, ``programmes/``."""
    layouts: tuple[Path, ...]
    themes: tuple[Path, ...]
    programmes: tuple[Path, ...] = ()
    state: Path = Path()
    """noc's directory for what it remembers: the audit."""

    @classmethod
    def of(
        cls,
        environ: Mapping[str, str] | None = None,
        home: Path | None = None,
        *,
        layouts: tuple[Path, ...] = (),
        themes: tuple[Path, ...] = (),
        programmes: tuple[Path, ...] = (),
    ) -> Places:
        """The places of this user; ``layouts``, ``themes`` and ``programmes`` are the settings' further directories."""
        environ = os.environ if environ is None else environ
        home = Path.home() if home is None else home
        config = xdg("CONFIG", ".config", environ, home)
        return cls(
            config=config,
            layouts=(*layouts, config / "layouts", bundled("layouts")),
            themes=(*themes, config / "themes", bundled("themes")),
            programmes=(*programmes, config / "programmes", bundled("programmes")),
            state=xdg("STATE", ".local/state", environ, home),
        )

    @property
    def config_file(self) -> Path:
        return self.config / "config.yaml"

    def find_layout(self, name: str) -> Path:
        """The file of a layout by name or path; ConfigError with the nearest name."""
        return _find("layout", name, self.layouts)

    def find_theme(self, name: str) -> Path:
        """The file of a theme by name or path; ConfigError with the nearest name."""
        return _find("theme", name, self.themes)

    def find_programme(self, name: str) -> Path:
        """The file of a TV programme by name or path; ConfigError with the nearest name."""
        return _find("programme", name, self.programmes)

    def available_layouts(self) -> dict[str, Path]:
        """Every layout by name, sorted."""
        return _available(self.layouts)

    def available_themes(self) -> dict[str, Path]:
        """Every theme by name, sorted."""
        return _available(self.themes)

    def available_programmes(self) -> dict[str, Path]:
        """Every TV programme by name, sorted."""
        return _available(self.programmes)


def files(directory: Path) -> list[Path]:
    """The YAML files of a directory, sorted; none where there is no such directory. ConfigError if it cannot be read."""
    try:
        return sorted(path for path in directory.iterdir() if path.suffix in SUFFIXES)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise ConfigError([Fault(str(directory), 0, f"cannot be read: {error.strerror}")]) from None


def _available(directories: tuple[Path, ...]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for directory in reversed(directories):
        found.update((path.stem, path) for path in files(directory))
    return dict(sorted(found.items()))


def _find(kind: str, name: str, directories: tuple[Path, ...]) -> Path:
    if is_path(name):
        path = Path(name)
        if path.is_file():
            return path
        problem = "is a directory" if path.is_dir() else "does not exist"
        raise ConfigError([Fault(name, 0, f"{problem}; a {kind} is a name or the path of a YAML file")])
    available = _available(directories)
    if name in available:
        return available[name]
    raise ConfigError([Fault(name, 0, f"unknown {kind} {name!r}{hint(name, available)}")])
