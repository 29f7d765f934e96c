"""Runs the pinned AWS emulator with the gaps mended that a grant's workflow would fall into.

Each mend says what it expects to find, and nothing starts where that is not so: another version needs another look.
Nothing of the product knows of them; docs/emulator.md lists them. The emulator ends with the process that started it.
"""

import importlib.metadata
import os
import shutil
import signal
import sys
import threading

import mend_iam
import mend_workflows
from mending import expect

PINNED = "1.5.33"


def main():
    threading.Thread(target=end_with_owner, daemon=True).start()
    expect(importlib.metadata.version("ministack") == PINNED, f"it is version {PINNED}")
    mend_workflows.time_out_callbacks_by_path()
    mend_workflows.keep_names_of_node_errors()
    mend_workflows.fail_callbacks_that_throw()
    mend_iam.name_the_role_of_a_session()
    mend_workflows.authorize_callbacks_by_machine()
    mend_iam.authorize_iam_by_path_and_boundary()
    mend_iam.simulate_by_path_and_context()
    mend_iam.know_the_policy_that_denies_all()
    from ministack.app import main as serve

    sys.exit(serve())


def end_with_owner():
    """The pipe on our stdin closes when its owner ends, however it ends. Our process group is the functions', too."""
    while os.read(0, 4096):
        pass
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


main()
