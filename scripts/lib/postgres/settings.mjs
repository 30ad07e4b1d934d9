import { existsSync, statfsSync } from "node:fs";
import { totalmem } from "node:os";
import process from "node:process";

const MB = 1024 * 1024;

/**
 * The server's settings for this machine, given on its command line so that none is left behind in the data.
 * @param {{ port: number, dataDirectory: string, isDurable: boolean }} options
 * @returns {string[]} pairs of `-c` and `name=value`
 */
export const serverSettings = ({ port, dataDirectory, isDurable }) => {
  const memoryMb = memoryBytes() / MB;
  const freeMb = freeBytes(dataDirectory) / MB;
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    // Web and worker hold about 123 at most, and eleven more for each step of WORKER_CONCURRENCY above 4.
    max_connections: 520,
    shared_buffers: `${clamp(memoryMb / 8, 128, 1024)}MB`,
    effective_cache_size: `${clamp(memoryMb / 2, 512, 65_536)}MB`,
    maintenance_work_mem: `${clamp(memoryMb / 16, 64, 512)}MB`,
    work_mem: `${clamp(memoryMb / 256, 4, 32)}MB`,
    // Bulk loads write much; a small disk must still not be filled by the log alone.
    max_wal_size: `${clamp(freeMb / 4, 256, 4096)}MB`,
    min_wal_size: "128MB",
    // The only method that this server is built with takes longer to pack whole pages than a disk takes to write them: a run that
    // changes one row in a hundred took five times as long.
    wal_compression: "off",
    // After a load, the planner should soon know what was loaded.
    autovacuum_naptime: "15s",
    checkpoint_timeout: "15min",
    random_page_cost: "1.1",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    log_line_prefix: "%m [%p] ",
    // Shared memory of containers is often 64 MB, too little for parallel queries.
    dynamic_shared_memory_type: sharedMemoryBytes() < 256 * MB ? "mmap" : "posix",
    ...(isDurable
      ? { synchronous_commit: "on" }
      : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
};

/** @param {string} directory @returns {number} what an ordinary user may still write */
export const freeBytes = (directory) => {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
};

/** A container's limit where there is one. */
const memoryBytes = () => {
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
};

const sharedMemoryBytes = () => {
  if (!existsSync("/dev/shm")) return 0;
  const { blocks, bsize } = statfsSync("/dev/shm");
  return blocks * bsize;
};

/** @param {number} value @param {number} min @param {number} max */
const clamp = (value, min, max) => Math.round(Math.min(Math.max(value, min), max));
