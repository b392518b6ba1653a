"""The application of the file named by $MALT_TEST_APP, with wsgiref's validator around it."""

import os
import runpy
from wsgiref.validate import validator

_path = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.environ["MALT_TEST_APP"])
application = validator(runpy.run_path(_path)["application"])
