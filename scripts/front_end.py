"""Get the browser packages of package-lock.json into node_modules: with npm, or with a Python package that ships it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent


def main() -> None:
    npm = shutil.which("npm") or own_npm()
    print("Getting the front-end packages …", flush=True)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = os.environ | {"PATH": f"{Path(npm).parent}{os.pathsep}{os.environ['PATH']}"}
    if subprocess.run(command, env=environment).returncode:
        sys.exit("npm could not get the front-end packages. Check the network and the message above, then try again.")


def own_npm() -> str:
    """npm inside our environment, from the package that brings Node.js along."""
    if not (BIN / "npm").exists():
        print("npm is not on this machine: installing Node.js into .venv …", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", "requirements/node.txt"], check=True)
    return str(BIN / "npm")


if __name__ == "__main__":
    main()
