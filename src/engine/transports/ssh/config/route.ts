import { DiagnosticError } from '@shared/errors'
import type { JumpHop, ResolvedSshConfig, SshConfig } from './model'
import { resolveLoaded, type ResolveContext } from './resolve'

export interface SshRoute {
  /** The jump hosts, the one to dial first in front; each with all that the files say of it. */
  readonly jumps: readonly ResolvedSshConfig[]
  readonly target: ResolvedSshConfig
}

const maxJumps = 8

/**
 * The way to a host, as ssh finds it: the last host of a ProxyJump list is reached through those before
 * it; the first one is looked up in the files itself, and may have a ProxyJump of its own there.
 * A way that comes back to a host it has been at is refused with `bad-request`.
 */
export function routeTo(config: SshConfig, alias: string, context: ResolveContext): SshRoute {
  const target = resolveLoaded(config, alias, context)
  return { jumps: jumpsBefore(config, target, context, [target]), target }
}

function jumpsBefore(
  config: SshConfig,
  of: ResolvedSshConfig,
  context: ResolveContext,
  behind: readonly ResolvedSshConfig[],
): ResolvedSshConfig[] {
  const earlier = of.proxyJump.value.slice(0, -1)
  const last = of.proxyJump.value.at(-1)
  if (last === undefined) return []
  const jump = resolveLoaded(config, last.host, { ...context, typed: typedFor(last, earlier) })
  const where = of.proxyJump.origin
  if (behind.some((host) => isSame(host, jump))) {
    throw new DiagnosticError(
      'bad-request',
      `The way to ${of.alias} leads through ${jump.alias} again and again.`,
      {
        where: where === null ? undefined : `${where.file}:${where.line}`,
        hint: `Put "Host ${jump.alias}" with "ProxyJump none" in front of that line.`,
      },
    )
  }
  if (behind.length > maxJumps) {
    throw new DiagnosticError(
      'limit-exceeded',
      `The way to ${of.alias} has more than ${maxJumps} jump hosts.`,
      {
        where: where === null ? undefined : `${where.file}:${where.line}`,
      },
    )
  }
  return [...jumpsBefore(config, jump, context, [...behind, jump]), jump]
}

/** As on the command line of the ssh that ssh starts: the list before the last host goes with -J. */
function typedFor(hop: JumpHop, earlier: readonly JumpHop[]): ResolveContext['typed'] {
  return {
    user: hop.user ?? undefined,
    port: hop.port ?? undefined,
    proxyJump: earlier.length > 0 ? earlier : undefined,
  }
}

const isSame = (a: ResolvedSshConfig, b: ResolvedSshConfig): boolean =>
  a.hostName.value === b.hostName.value && a.port.value === b.port.value && a.user.value === b.user.value
