"""Get the packages of a folder's package-lock.json into its node_modules: the browser packages that we serve, or in
``evergrow/intake/tests/clients`` the clients that tests run. With npm, or with a Python package that ships it.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent


def main() -> None:
    npm = shutil.which("npm") or own_npm()
    folder = Path(sys.argv[1] if sys.argv[1:] else ".")
    what = json.loads((folder / "package.json").read_text())["name"]
    print(f"Getting the packages of {what} …", flush=True)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = os.environ | {"PATH": f"{Path(npm).parent}{os.pathsep}{os.environ['PATH']}"}
    if subprocess.run(command, env=environment, cwd=folder).returncode:
        sys.exit(f"npm could not get the packages of {what}. Check the network and the message above, then try again.")


def own_npm() -> str:
    """npm inside our environment, from the package that brings Node.js along."""
    if not (BIN / "npm").exists():
        print("npm is not on this machine: installing Node.js into .venv …", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", "requirements/node.txt"], check=True)
    return str(BIN / "npm")


if __name__ == "__main__":
    main()
