"""Builds the shared library that the package loads, and puts it into the wheel.

Runs by itself as part of `pip wheel Sources/ToolRewardC/Python`; needs Swift 6.3 and yajl (apt: libyajl-dev pkg-config). The library holds
Swift's runtime and, where there is a static one, yajl, so that it loads where neither is installed.
"""
import glob
import os
import platform
import re
import subprocess
import sys
import tempfile

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script: `build_library.py` prints where the library is
    BuildHookInterface = object

PYTHON = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(PYTHON, "..", "..", ".."))
NAME = "libToolRewardC.dylib" if sys.platform == "darwin" else "libToolRewardC.so"


def static_yajl(folder):
    """A folder with yajl as an archive and a yajl.pc that says so; None where yajl has no archive."""
    places = [flag[2:] for flag in run("pkg-config", "--libs-only-L", "yajl").split()]
    places += glob.glob("/usr/lib/*-linux-gnu") + ["/usr/lib", "/usr/local/lib", "/opt/homebrew/lib"]
    for place in places:
        archive = os.path.join(place, "libyajl_s.a")
        if os.path.exists(archive):
            os.symlink(archive, os.path.join(folder, "libyajl.a"))
            with open(os.path.join(folder, "yajl.pc"), "w") as file:
                file.write(f"Name: yajl\nDescription: yajl as an archive\nVersion: 2\nLibs: -L{folder} -lyajl\n")
            return folder
    return None


def run(*command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def build_library():
    """Builds the library and gives its path."""
    scratch = os.path.join(ROOT, ".build-python")
    command = ["swift", "build", "--package-path", ROOT, "-c", "release", "--product", "ToolRewardC", "--scratch-path", scratch]
    environment = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        if sys.platform != "darwin":
            command += ["-Xswiftc", "-static-stdlib", "-Xswiftc", "-use-ld=lld", "-Xlinker", "--gc-sections", "-Xlinker", "-s",
                        "-Xlinker", "--version-script=" + os.path.join(PYTHON, "exports.map")]
            if static_yajl(folder):
                environment["PKG_CONFIG_PATH"] = folder + os.pathsep + environment.get("PKG_CONFIG_PATH", "")
        print(" ".join(command), file=sys.stderr)
        subprocess.run(command, check=True, stdout=sys.stderr, env=environment)
    return os.path.join(scratch, "release", NAME)


def tag(library):
    """The wheel's tag: the oldest C library that has all that this one asks for."""
    machine = platform.machine()
    if sys.platform == "darwin":
        return f"py3-none-macosx_15_0_{machine}"
    with open(library, "rb") as file:
        versions = re.findall(rb"GLIBC_2\.(\d+)", file.read())
    if not versions:
        return f"py3-none-linux_{machine}"
    return f"py3-none-manylinux_2_{max(map(int, versions))}_{machine}"


class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        if version == "editable":
            return
        library = build_library()
        build_data["force_include"][library] = "toolreward/" + NAME
        build_data["pure_python"] = False
        build_data["tag"] = tag(library)


if __name__ == "__main__":
    print(build_library())
