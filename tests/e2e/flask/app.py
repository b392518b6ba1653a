"""A Flask application that uses what a server has to carry: forms, cookies, streams, ranges, errors."""

import os

from flask import Flask, jsonify, request, send_file, session

app = Flask(__name__)
app.secret_key = "only for a test"


@app.get("/hello/<name>")
def hello(name):
    return "Hello, %s! You like %s." % (name, request.args.get("like", "nothing"))


@app.post("/form")
def form():
    return jsonify({name: request.form.getlist(name) for name in request.form})


@app.get("/visits")
def visits():
    session["visits"] = session.get("visits", 0) + 1
    return str(session["visits"])


@app.get("/stream")
def stream():
    return app.response_class(("part %d\n" % number for number in range(1000)), mimetype="text/plain")


@app.get("/file")
def file():
    return send_file(os.environ["MALT_TEST_FILE"], mimetype="application/octet-stream")


@app.get("/divide")
def divide():
    return str(1 // 0)


@app.errorhandler(404)
def not_found(error):
    return jsonify(missing=request.path), 404


@app.errorhandler(ZeroDivisionError)
def not_divisible(error):
    return "cannot divide", 400
