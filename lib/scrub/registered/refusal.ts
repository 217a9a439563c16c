/** Which values of environment variables with secret names are not taken, because they would eat ordinary text. */
export const LONGEST_VALUE = 8192

/** `pwd` means a password everywhere but here (POSIX, Shell Command Language, section 2.5.3). */
const SHELL_NAMES = new Set(['PWD'])
const LONG_ENOUGH = 12
const LONG_ENOUGH_MIXED = 8
const COMMON = new Set(
  (
    'password passw0rd postgres postgresql localhost development production staging undefined disabled required changeme ' +
    'admin123 password1 password123 default123 administrator supersecret placeholder my-secret test1234 12345678 123456789 ' +
    '1234567890 secretsecret passwordpassword notasecret'
  ).split(' '),
)

/** Why the value of an environment variable is not taken, or nothing. `ordinary` are names in lower case. */
export function whyNot(name: string, value: string, ordinary: readonly string[]): string | undefined {
  if (SHELL_NAMES.has(name)) return 'the directory of a shell'
  if (value.length < LONG_ENOUGH_MIXED) return 'too short'
  if (value.length > LONGEST_VALUE) return 'too long'
  if (COMMON.has(value.toLowerCase())) return 'a common word'
  if (ordinary.includes(value.toLowerCase())) return 'a host or service name'
  if (value.length < LONG_ENOUGH && classesOf(value) < 2) return 'too plain for its length'
  return undefined
}

function classesOf(text: string): number {
  const classes = new Set<string>()
  for (const character of text) {
    if (character >= 'a' && character <= 'z') classes.add('lower')
    else if (character >= 'A' && character <= 'Z') classes.add('upper')
    else if (character >= '0' && character <= '9') classes.add('digit')
    else classes.add('other')
  }
  return classes.size
}
