/** The Python program of the workers as text: a compiled executable carries it, and writes it where Python can read it. */

import init from "./_malt/__init__.py" with { type: "text" };
import access from "./_malt/access.py" with { type: "text" };
import channel from "./_malt/channel.py" with { type: "text" };
import clock from "./_malt/clock.py" with { type: "text" };
import codeCoverage from "./_malt/code_coverage.py" with { type: "text" };
import connection from "./_malt/connection.py" with { type: "text" };
import control from "./_malt/control.py" with { type: "text" };
import counted from "./_malt/counted.py" with { type: "text" };
import pdbDebugger from "./_malt/debugger.py" with { type: "text" };
import debugging from "./_malt/debugging.py" with { type: "text" };
import description from "./_malt/description.py" with { type: "text" };
import effort from "./_malt/effort.py" with { type: "text" };
import environ from "./_malt/environ.py" with { type: "text" };
import events from "./_malt/events.py" with { type: "text" };
import files from "./_malt/files.py" with { type: "text" };
import forking from "./_malt/forking.py" with { type: "text" };
import frames from "./_malt/frames.py" with { type: "text" };
import heads from "./_malt/heads.py" with { type: "text" };
import hints from "./_malt/hints.py" with { type: "text" };
import inotify from "./_malt/inotify.py" with { type: "text" };
import input from "./_malt/input.py" with { type: "text" };
import limits from "./_malt/limits.py" with { type: "text" };
import listener from "./_malt/listener.py" with { type: "text" };
import loader from "./_malt/loader.py" with { type: "text" };
import logs from "./_malt/logs.py" with { type: "text" };
import main from "./_malt/main.py" with { type: "text" };
import memory from "./_malt/memory.py" with { type: "text" };
import modules from "./_malt/modules.py" with { type: "text" };
import monitor from "./_malt/monitor.py" with { type: "text" };
import observed from "./_malt/observed.py" with { type: "text" };
import processMetrics from "./_malt/process_metrics.py" with { type: "text" };
import profiler from "./_malt/profiler.py" with { type: "text" };
import recorder from "./_malt/recorder.py" with { type: "text" };
import reloading from "./_malt/reloading.py" with { type: "text" };
import request from "./_malt/request.py" with { type: "text" };
import requestFiles from "./_malt/request_files.py" with { type: "text" };
import requestMetrics from "./_malt/request_metrics.py" with { type: "text" };
import resources from "./_malt/resources.py" with { type: "text" };
import response from "./_malt/response.py" with { type: "text" };
import scripts from "./_malt/scripts.py" with { type: "text" };
import serverMetrics from "./_malt/server_metrics.py" with { type: "text" };
import service from "./_malt/service.py" with { type: "text" };
import sleeper from "./_malt/sleeper.py" with { type: "text" };
import slow from "./_malt/slow.py" with { type: "text" };
import stacks from "./_malt/stacks.py" with { type: "text" };
import started from "./_malt/started.py" with { type: "text" };
import steward from "./_malt/steward.py" with { type: "text" };
import surroundings from "./_malt/surroundings.py" with { type: "text" };
import threads from "./_malt/threads.py" with { type: "text" };
import title from "./_malt/title.py" with { type: "text" };
import watchedBody from "./_malt/watched_body.py" with { type: "text" };
import welcome from "./_malt/welcome.py" with { type: "text" };
import worker from "./_malt/worker.py" with { type: "text" };
import entry from "./__main__.py" with { type: "text" };

export interface WorkerSource {
  /** Relative to the folder that is given to Python. */
  readonly path: string;
  readonly text: string;
}

export const workerSources: readonly WorkerSource[] = [
  { path: "__main__.py", text: entry },
  { path: "_malt/__init__.py", text: init },
  { path: "_malt/access.py", text: access },
  { path: "_malt/channel.py", text: channel },
  { path: "_malt/clock.py", text: clock },
  { path: "_malt/code_coverage.py", text: codeCoverage },
  { path: "_malt/connection.py", text: connection },
  { path: "_malt/control.py", text: control },
  { path: "_malt/counted.py", text: counted },
  { path: "_malt/debugger.py", text: pdbDebugger },
  { path: "_malt/debugging.py", text: debugging },
  { path: "_malt/description.py", text: description },
  { path: "_malt/effort.py", text: effort },
  { path: "_malt/environ.py", text: environ },
  { path: "_malt/events.py", text: events },
  { path: "_malt/files.py", text: files },
  { path: "_malt/forking.py", text: forking },
  { path: "_malt/frames.py", text: frames },
  { path: "_malt/heads.py", text: heads },
  { path: "_malt/hints.py", text: hints },
  { path: "_malt/inotify.py", text: inotify },
  { path: "_malt/input.py", text: input },
  { path: "_malt/limits.py", text: limits },
  { path: "_malt/listener.py", text: listener },
  { path: "_malt/loader.py", text: loader },
  { path: "_malt/logs.py", text: logs },
  { path: "_malt/main.py", text: main },
  { path: "_malt/memory.py", text: memory },
  { path: "_malt/modules.py", text: modules },
  { path: "_malt/monitor.py", text: monitor },
  { path: "_malt/observed.py", text: observed },
  { path: "_malt/process_metrics.py", text: processMetrics },
  { path: "_malt/profiler.py", text: profiler },
  { path: "_malt/recorder.py", text: recorder },
  { path: "_malt/reloading.py", text: reloading },
  { path: "_malt/request.py", text: request },
  { path: "_malt/request_files.py", text: requestFiles },
  { path: "_malt/request_metrics.py", text: requestMetrics },
  { path: "_malt/resources.py", text: resources },
  { path: "_malt/response.py", text: response },
  { path: "_malt/scripts.py", text: scripts },
  { path: "_malt/server_metrics.py", text: serverMetrics },
  { path: "_malt/service.py", text: service },
  { path: "_malt/sleeper.py", text: sleeper },
  { path: "_malt/slow.py", text: slow },
  { path: "_malt/stacks.py", text: stacks },
  { path: "_malt/started.py", text: started },
  { path: "_malt/steward.py", text: steward },
  { path: "_malt/surroundings.py", text: surroundings },
  { path: "_malt/threads.py", text: threads },
  { path: "_malt/title.py", text: title },
  { path: "_malt/watched_body.py", text: watchedBody },
  { path: "_malt/welcome.py", text: welcome },
  { path: "_malt/worker.py", text: worker },
];
