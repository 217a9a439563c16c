declare module 'common-log-string' {
  export default function commonLogString(
    request: unknown,
    response: unknown,
    options?: { ipHeader?: string },
  ): string
}
declare module 'hide-secrets' {
  export default function hideSecrets<T>(value: T, options?: { badWords?: string | string[] }): T
}
