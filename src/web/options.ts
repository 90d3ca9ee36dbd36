import { parseArgs } from 'node:util'

export interface WebOptions {
  /** 0: any free port. */
  readonly port: number
  readonly openBrowser: boolean
}

export const usage = `Usage: npm start -- [--web] [--port N] [--no-open]

  --web       serve the console to a browser of this machine
  --port N    listen on port N of 127.0.0.1 (default: any free port)
  --no-open   print the address only, open no browser
  --help      show this

Enter prints a fresh address: each one opens the console once, within ten minutes.
`

export type ParsedOptions =
  | { readonly options: WebOptions }
  | { readonly help: true }
  /** What is wrong with them. */
  | { readonly mistake: string }

export function parseOptions(args: readonly string[]): ParsedOptions {
  let values
  try {
    ;({ values } = parseArgs({
      args: [...args],
      options: {
        web: { type: 'boolean' },
        port: { type: 'string', default: '0' },
        'no-open': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }))
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) }
  }
  if (values.help) return { help: true }
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN
  if (!(port <= 65_535)) return { mistake: `--port must be a number from 0 to 65535, not "${values.port}".` }
  return { options: { port, openBrowser: !values['no-open'] } }
}
