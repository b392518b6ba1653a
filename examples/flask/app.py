"""A Flask application: `malt start-server examples/flask/app.py --callable-object app`."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello():
    return {"hello": "world"}
