/** How long an operation may take where the caller says nothing, milliseconds. */
export const defaultDeadlines = {
  /** A command, from its start to the end of its output. */
  exec: 30_000,
  /** The start of a command that goes on. */
  start: 10_000,
  connect: 10_000,
  file: 5_000,
  fileSystem: 2_000,
} as const

/** The longest delay that a timer takes; a longer one would fire at once. */
export const longestDelay = 2 ** 31 - 1
