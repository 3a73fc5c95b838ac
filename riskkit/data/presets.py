"""Presets: the pipelines and models that riskkit ships, in a source checkout as in an installed wheel."""

from __future__ import annotations

import shutil
from pathlib import Path

from riskkit.data.io import staged
from riskkit.errors import PolicyError

FOLDERS = ("pipelines", "models")
# A wheel carries the two folders inside the package; in a checkout they stand at the root, where people edit them.
PLACES = (Path(__file__).parent / "starting_set", Path(__file__).parents[2])


def find_presets() -> Path:
    """Find the folder that holds the shipped ``pipelines/`` and ``models/``.

    Returns
    -------
    pathlib.Path
        The folder; read it, and write elsewhere.

    Raises
    ------
    PolicyError
        If the installation is without them.

    Examples
    --------
    >>> (find_presets() / "pipelines" / "synthetic.toml").is_file()
    True
    """
    for place in PLACES:
        if all((place / folder).is_dir() for folder in FOLDERS):
            return place
    message = f"{PLACES[0]}: the shipped pipelines/ and models/ are not there. Install riskkit from a complete wheel."
    raise PolicyError(message)


def write_starting_set(directory: str | Path) -> Path:
    """Write a copy of the shipped ``pipelines/`` and ``models/`` to start from, all or nothing.

    Parameters
    ----------
    directory : str or pathlib.Path
        Folder that gets the two folders; it is made where it is new.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    PolicyError
        If one of the two is there already, or the place is a file; nothing is written then.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     written = write_starting_set(Path(place) / "county")
    ...     sorted(item.name for item in written.iterdir())
    ['models', 'pipelines']
    """
    target = Path(directory).resolve()
    if target.exists() and not target.is_dir():
        message = f"{target}: found a file, expected a folder or nothing. Give another place."
        raise PolicyError(message)
    taken = [folder for folder in FOLDERS if (target / folder).exists()]
    if taken:
        message = f"{target}: {taken[0]}/ is there already and is not overwritten. Give another place, or move it away."
        raise PolicyError(message)
    shipped = find_presets()
    with staged(target) as stage:
        for folder in FOLDERS:
            shutil.copytree(shipped / folder, stage / folder, copy_function=shutil.copyfile)
    return target
