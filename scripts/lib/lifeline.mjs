// Loaded into every node child of the launcher, whose standard input is a pipe that the launcher holds. When the launcher
// dies, even by kill -9, the pipe ends and so does the child: first politely, then surely.
const GRACE_MS = 20_000;

if (process.env["SLUICE_LIFELINE"]) {
  // A child of this child has another standard input, which means nothing.
  delete process.env["SLUICE_LIFELINE"];
  process.stdin.on("close", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS).unref();
  });
  process.stdin.resume();
  if ("unref" in process.stdin) process.stdin.unref();
}
