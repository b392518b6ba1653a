"""Entry of the worker: `python FOLDER`, with the supervisor at descriptor 3."""

import os
import sys

from _malt.main import main

# Everything of ours is imported by now. The application's search path must not begin with this folder.
_folder = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _folder]

if __name__ == "__main__":
    sys.exit(main())
