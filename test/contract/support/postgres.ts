import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setUpPostgres } from "../../../scripts/setup/postgres.mjs";
import { countStart } from "../../costs/counts.ts";

/** A PostgreSQL cluster of a test's own, in a temporary folder, reachable through a socket in it. */
export interface PostgresCluster {
  /** The URL of an empty database. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a cluster as an unprivileged user, and hands on its log as it is written.
 *
 * @throws Error that says what to install, where PostgreSQL is not on this machine.
 */
export async function startPostgres(onLog: (text: string) => void = () => {}): Promise<PostgresCluster> {
  countStart("database");
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), "roster-postgres-"));
  if (user !== undefined) {
    chownSync(folder, user.uid, user.gid);
  }
  const binaries = runnable(await setUpPostgres(), folder, user);
  const data = join(folder, "data");
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" } };
  const initialize = ["-D", data, "-U", "roster", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"];
  execFileSync(join(binaries, "initdb"), initialize, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  const settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"];
  const server = spawn(
    join(binaries, "postgres"),
    ["-D", data, "-k", folder, "-h", "", ...settings.flatMap((setting) => ["-c", setting])],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );
  const killServer = () => server.kill("SIGKILL");
  process.once("exit", killServer);
  server.stderr.setEncoding("utf8").on("data", onLog);
  await untilReady(server);
  return {
    url: `postgresql://roster@localhost/postgres?host=${encodeURIComponent(folder)}`,
    async stop() {
      if (server.exitCode !== null || server.signalCode !== null) {
        return;
      }
      const ended = new Promise((resolve) => server.once("exit", resolve));
      // A fast shutdown: whoever is still connected is disconnected.
      server.kill("SIGINT");
      await ended;
      process.off("exit", killServer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    server.stderr?.on("data", (text: string) => {
      // What comes later is the log of a running server, of which nobody reads more.
      if (log.length < 10_000) {
        log += text;
      }
      if (log.includes("ready to accept connections")) {
        resolve();
      }
    });
    server.once("exit", (code) => reject(new Error(`postgres ended with status ${code}: ${log}`)));
    server.once("error", reject);
  });
}

/** Programs that the set-up got lie in the home of whoever ran it, where another user can't go. */
function runnable(binaries: string, folder: string, user: ReturnType<typeof unprivilegedUser>): string {
  if (user === undefined || binaries.startsWith("/usr/")) {
    return binaries;
  }
  cpSync(dirname(binaries), join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  return join(folder, "native", "bin");
}

/** PostgreSQL refuses to run as root: whoever is root becomes nobody for it. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const [, , uid, gid] = /^nobody:.*$/m.exec(readFileSync("/etc/passwd", "utf8"))?.[0].split(":") ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error("PostgreSQL can't run as root, and there is no user nobody.");
  }
  return { uid: Number(uid), gid: Number(gid) };
}
