/** What the first argument of most calls says about the task that a call belongs to (xapi's `Debug_info`). */
export interface DebugArgument {
  /** `Async.VM.start R:7d2a9b1c8e4f` */
  readonly text: string
  /** `R:7d2a9b1c8e4f`: links the call with the lines of `xensource.log`. */
  readonly taskId: string | null
  /** W3C trace context, as JSON or as the bare `traceparent`; follows the text behind a line feed (or NUL). */
  readonly traceContext: string | null
}

export function parseDebugArgument(argument: string): DebugArgument {
  const end = argument.search(/[\n\0]/)
  const text = end < 0 ? argument : argument.slice(0, end)
  return {
    text,
    taskId: /(?<![\w:])[DR]:[0-9a-f]{12}(?![0-9a-f])/.exec(text)?.[0] ?? null,
    traceContext: end < 0 ? null : argument.slice(end + 1),
  }
}
