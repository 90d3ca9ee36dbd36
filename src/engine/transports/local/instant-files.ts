/**
 * Files that the kernel makes up from memory, in microseconds, and never waits for anything: these are read
 * on the spot, because a trip through Node's thread pool costs ten times the CPU of the read itself
 * (250 us against 22 us for /proc/PID/stat, Node 20, one core). A list of names, not "all of /proc":
 * cmdline, environ, maps and smaps wait for the memory lock of a process that may hang, cpuinfo asks every
 * core, kmsg waits for a message, and exe, cwd, root and fd lead out of /proc.
 */
const instantFiles = new RegExp(
  '^/proc/(?:' +
    [
      '(?:stat|meminfo|vmstat|loadavg|uptime|diskstats|partitions|swaps|version|interrupts|softirqs|buddyinfo|zoneinfo)',
      'pressure/(?:cpu|memory|io|irq)',
      'net/(?:dev|snmp|snmp6|netstat|sockstat|sockstat6)',
      '(?:[0-9]+|self)/(?:stat|statm|status|comm)',
      'sys/(?:kernel/(?:hostname|osrelease|ostype|random/boot_id)|fs/file-nr)',
    ].join('|') +
    ')$',
)

export const isInstant = (path: string): boolean => instantFiles.test(path)
