declare module 'hide-secrets' {
  export default function hideSecrets<T>(value: T, options?: { badWords?: string[] }): T
}
