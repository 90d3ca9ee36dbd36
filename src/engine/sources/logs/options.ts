/** Where logs are looked for; tests have their own. */
export interface LogsOptions {
  readonly folder: string
  /** Null where no journal is to be read; a folder instead of the host's own journal. */
  readonly journal: { readonly folder: string | null } | null
  /** Lines that are read of each log at first. */
  readonly backfill: number
  /** Files that are followed at most. */
  readonly mostFiles: number
  /** Milliseconds between two looks for new files. */
  readonly newFiles: number
}

export const usualOptions: LogsOptions = {
  folder: '/var/log',
  journal: { folder: null },
  backfill: 1_000,
  mostFiles: 40,
  newFiles: 15_000,
}
