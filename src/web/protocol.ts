/** Where and how a window asks for the engine; the renderer's link says the same. */
export const sessionPath = '/session'
export const rpcPath = '/rpc'
/** The subprotocol that is agreed on; the session travels as a second one, which is never answered. */
export const rpcProtocol = 'xcp-diag.v1'
export const sessionProtocolPrefix = 'session.'

/** RFC 6455's registry: "try again later". */
export const tryAgainLater = 1013

/** Options of every `ws` server here. Not a literal at the call: `closeTimeout` is newer than the types of ws. */
export const webSocketServerOptions = {
  noServer: true as const,
  clientTracking: false,
  // Loopback: compression costs CPU and memory and saves nothing.
  perMessageDeflate: false,
  handleProtocols: (offered: Set<string>): string | false => (offered.has(rpcProtocol) ? rpcProtocol : false),
  /** Milliseconds for the other side's part of a closing handshake. */
  closeTimeout: 2_000,
}
