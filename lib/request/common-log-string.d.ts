declare module 'common-log-string' {
  export default function commonLogString(
    request: unknown,
    response: unknown,
    options?: { ipHeader?: string },
  ): string
}
