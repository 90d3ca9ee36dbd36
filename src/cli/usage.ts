/** What `--help` prints. */
export const usage = `Usage: xcp-diag metrics  HOST [--follow] [--json]
       xcp-diag logs     HOST [--source NAME]... [--filter F] [--since T] [--lines N] [--format NAME=FORMAT]...
                              [--follow] [--json]
       xcp-diag queues   HOST [--filter F] [--follow] [--json]
       xcp-diag messages HOST [--filter F] [--lines N] [--follow] [--json]

Shows what a host is doing: its figures, its logs, the queues of its control messages, and the messages themselves.
Nothing is installed on it.

HOST is "local", the name of a saved host, or an address: ssh://user@host:port, user@host, a Host of ~/.ssh/config.

  --follow               go on until interrupted
  --json                 one JSON object for each sample, row, queue or message, a line each
  --filter F             only what matches, in the filter language: level:>=warn process:(xapi or xenopsd*).
                         With queues: the messages that wait in them and match, in place of the queues.
  --source NAME          only this log, by its path or the last part of it. May be repeated.
  --format NAME=FORMAT   read this log as written in a format, instead of the one that its lines look like: xensource,
                         smlog, audit, rfc3164, rfc5424, journald-json, json, logfmt, plain. May be repeated.
  --since T              rows since then: -10m, 12:30, 2026-02-03T12:30. Older rows are fetched as far as needed.
  --lines N              at most so many rows of those that are there already; 1000, with --since all.
  --fingerprint SHA256:… the host must have the key with exactly this fingerprint, for this run: an unknown one is
                         accepted, any other refused, also one of known_hosts. May be repeated, for jump hosts that
                         are not known. Without it unknown keys are refused.
  --password-fd N        read the password of the host itself, not of a jump host, from file descriptor N, up to the
                         end of its first line. Without it the password is asked for on the terminal, if keys and
                         agent do not suffice.
  --help                 show this

Exit codes: 0 ok, 1 failed, 2 usage, 3 unreachable, 4 identity refused, 5 authentication failed, 130 interrupted.
`
