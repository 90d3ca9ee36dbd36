import { DiagnosticError } from '@shared/errors'
import type { Carrier } from '@shared/rpc/carrier'
import { createLink, type Link } from './link'
import {
  exchangeToken,
  forgetSession,
  keepSession,
  probeSession,
  storedSession,
  takeLaunchToken,
  type Page,
} from './session'
import { openWebCarrier } from './web-carrier'

/** The link of a page that the loopback shell served. */
export function createWebLink(page: Page): Link {
  let token = takeLaunchToken(page)
  const storage = page.sessionStorage
  const { origin } = page.location

  /** The session of a new address, else the one this tab had. */
  async function enter(): Promise<string> {
    if (token !== null) {
      try {
        keepSession(storage, await exchangeToken(origin, token))
        token = null
      } catch (error) {
        const used = error instanceof DiagnosticError && error.code === 'authentication-failed'
        if (!used || storedSession(storage) === null) throw error
        token = null
      }
    }
    const session = storedSession(storage)
    if (session !== null) return session
    throw new DiagnosticError(
      'authentication-failed',
      'This tab was not opened with an address of the console.',
    )
  }

  async function connect(): Promise<Carrier> {
    const session = await enter()
    try {
      return await openWebCarrier(origin, session)
    } catch (error) {
      await probeSession(origin, session).catch((verdict: unknown) => {
        if (!(verdict instanceof DiagnosticError) || verdict.code !== 'authentication-failed') return
        forgetSession(storage)
        throw verdict
      })
      throw error
    }
  }

  return createLink(connect)
}
