/**
 * The scanner in WebAssembly (AssemblyScript, compiled by scripts/build.js). It looks at 64 bytes at a time and
 * leaves three lists in memory: separators that a secret name may stand before, literals, and numbers. It may
 * name a place too many, for JavaScript confirms each, but never one too few.
 *
 * The tables are filled by ../tables.ts; the addresses here and there are the same.
 */

const NIBBLES: usize = 0x400
const SPECIALS: usize = 0x500
const NAMES: usize = 0x520
const CLASSES: usize = 0x600
const MASKS: usize = 0x700
const TRIGRAMS: usize = 0x1000
const PAIRS: usize = 0x3000
const FOLDED: usize = 0x3800
const MEMO: usize = 0x4000
const ANCHORS: usize = 0x14000
const ENDS: usize = 0x15000
const BIGRAMS: usize = 0x16000
const CONFIRMED: usize = 0x16400
const KEYS: usize = 0x17000
const CARDS: usize = 0x1b200

const BLOCK: u32 = 64
/**
 * So many bytes are looked through before the separators in them are looked at: a loop in each block whose length
 * cannot be foreseen would cost more than most of what it does.
 */
const CHUNK: u32 = 1024
const KEYS_ROOM: u32 = 3072
const CARDS_ROOM: u32 = 1024
const RECORD_SHIFT: u32 = 6
const RECORD_BYTES: u32 = 8

const LONGEST_SHORT_FLAG: u32 = 4
/** So far back a quote is looked for, and so much text fits into an entry of the memo. */
const LONGEST_NAME: u32 = 128
const LONGEST_NOTED: u32 = 32

const WORD: u8 = 1
const NAME: u8 = 2
const JOINS: u8 = 4

const NEEDS_EDGE: u8 = 1
const IS_URL: u8 = 2
const IS_FLAG: u8 = 4
const IS_SEPARATOR: u8 = 8

const CONTROL: u32 = 0x80000000
/** Numbers that are no cards. */
const IBAN: u32 = 0x80000000
const SSN: u32 = 0x40000000

const BLANK: u32 = 0x20
const QUOTE: u32 = 0x22
const APOSTROPHE: u32 = 0x27
const COMMA: u32 = 0x2c
const DASH: u32 = 0x2d
/** Numbers of letters and digits in `FOLDED`, and what is none but may stand for some. */
const LAST_OF_ALPHABET: u32 = 26
const LAST_LETTER: u32 = 36
const OF_BACKSLASH: u32 = 254
const OF_BRACKET: u32 = 253
const OF_AMPERSAND: u32 = 252
const COLON: u32 = 0x3a
const EQUALS: u32 = 0x3d
const GREATER: u32 = 0x3e
const AT: u32 = 0x40
const TAB: u32 = 0x09
const ESCAPE: u32 = 0x1b
const HASH: u32 = 0x23
const SEMICOLON: u32 = 0x3b
const CLOSE_BRACKET: u32 = 0x5d
const OPEN_BRACKET: u8 = 0x5b
const BACKSLASH: u32 = 0x5c
const BACKTICK: u32 = 0x60

/** Answers of `keyText`: no name stands there, or only JavaScript can tell. Anything else is an address. */
const NONE: u32 = 0
const ASK: u32 = 1

let records: u32 = 0
let found: u32 = 0
let foundRoom: u32 = 0
let noted: u32 = 0

let keys: u32 = 0
let literals: u32 = 0
let cards: u32 = 0

let first: u32 = 0
let limit: u32 = 0
/** No `@` stands between the last `://` that was looked at and here, or the one that was found. */
let urlClean: u32 = 0
let urlSign: u32 = 0

let turns: u32 = 0

export function configure(recordsAt: u32, foundAt: u32, room: u32, notedAt: u32): void {
  records = recordsAt
  found = foundAt
  foundRoom = room
  noted = notedAt
}

export function keyCount(): u32 {
  return keys
}

export function literalCount(): u32 {
  return literals
}

export function cardCount(): u32 {
  return cards
}

@inline
function nibbles(group: u32, position: u32, high: u32): v128 {
  return v128.load(NIBBLES + (((group * 3 + position) * 2 + high) << 4))
}

/** Scans `[from, to)` and may look back to `start`. Returns where it stopped: at `to`, or when the lists are full. */
export function scan(from: u32, to: u32, start: u32): u32 {
  keys = 0
  literals = 0
  cards = 0
  first = start
  limit = to
  urlClean = 0
  urlSign = 0

  const low0 = nibbles(0, 0, 0)
  const high0 = nibbles(0, 0, 1)
  const low1 = nibbles(0, 1, 0)
  const high1 = nibbles(0, 1, 1)
  const low2 = nibbles(0, 2, 0)
  const high2 = nibbles(0, 2, 1)
  const low3 = nibbles(1, 0, 0)
  const high3 = nibbles(1, 0, 1)
  const low4 = nibbles(1, 1, 0)
  const high4 = nibbles(1, 1, 1)
  const low5 = nibbles(1, 2, 0)
  const high5 = nibbles(1, 2, 1)
  const classLow = v128.load(SPECIALS)
  const classHigh = v128.load(SPECIALS, 16)
  const nibble = i8x16.splat(15)
  const zero = i8x16.splat(0)
  const soft = i8x16.splat(1)
  const letterA = i8x16.splat(0x41)
  const letters = i8x16.splat(26)

  let before0 = zero
  let before1 = zero
  let before3 = zero
  let before4 = zero
  let digitsBefore = digitsAt(from, start)
  let fourBefore: u64 = 0
  let capitalsBefore: u64 = 0
  let quotesBefore: u64 = -1
  for (let chunk = from; chunk < to; chunk += CHUNK) {
    if (keys > KEYS_ROOM || cards > CARDS_ROOM) return chunk
    let stop = min(chunk + CHUNK, to)
    let specialsEnd = noted
    for (let at = chunk; at < stop; at += BLOCK) {
      if (literals > foundRoom) {
        stop = at
        break
      }
      let windows: u64 = 0
      let specials: u64 = 0
      let digits: u64 = 0
      let commas: u64 = 0
      let capitals: u64 = 0
      let quotes: u64 = 0
      for (let part: u32 = 0; part < BLOCK; part += 16) {
        const bytes = v128.load(at + part)
        const low = v128.and(bytes, nibble)
        const high = v128.and(i16x8.shr_u(bytes, 4), nibble)
        const here0 = v128.and(i8x16.swizzle(low0, low), i8x16.swizzle(high0, high))
        const here1 = v128.and(i8x16.swizzle(low1, low), i8x16.swizzle(high1, high))
        const here2 = v128.and(i8x16.swizzle(low2, low), i8x16.swizzle(high2, high))
        const here3 = v128.and(i8x16.swizzle(low3, low), i8x16.swizzle(high3, high))
        const here4 = v128.and(i8x16.swizzle(low4, low), i8x16.swizzle(high4, high))
        const here5 = v128.and(i8x16.swizzle(low5, low), i8x16.swizzle(high5, high))
        const kind = v128.and(i8x16.swizzle(classLow, low), i8x16.swizzle(classHigh, high))
        // Each match is found where its window ends.
        const match = v128.or(
          v128.and(here2, v128.and(backOne(before1, here1), backTwo(before0, here0))),
          v128.and(here5, v128.and(backOne(before4, here4), backTwo(before3, here3))),
        )
        before0 = here0
        before1 = here1
        before3 = here3
        before4 = here4
        // Bits of a class: 7 digits, 1 commas, 0 what a comma needs before it, the others separators and controls.
        digits |= u64(u32(i8x16.bitmask(kind))) << part
        specials |= u64(u32(i8x16.bitmask(i8x16.gt_s(kind, soft)))) << part
        commas |= u64(u32(i8x16.bitmask(i16x8.shl(kind, 6)))) << part
        quotes |= u64(u32(i8x16.bitmask(i16x8.shl(kind, 7)))) << part
        windows |= u64(u32(i8x16.bitmask(i8x16.ne(match, zero)))) << part
        capitals |= u64(u32(i8x16.bitmask(i8x16.lt_u(i8x16.sub(bytes, letterA), letters)))) << part
      }
      if (to - at < BLOCK) {
        const rest = (u64(1) << (to - at)) - 1
        windows &= rest
        specials &= rest
        digits &= rest
      }
      const pairs = commas & specials & ((quotes << 1) | (quotesBefore >> 63))
      specials &= ~commas
      for (let rest = pairs; rest != 0; rest &= rest - 1) {
        if (!isBeforeMember(at + u32(ctz(rest)))) specials |= rest & -rest
      }
      specialsEnd = noteAll(specialsEnd, at, specials)
      while (windows != 0) {
        lookAtWindow(at + u32(ctz(windows)) - 2)
        windows &= windows - 1
      }
      // Four digits in a row, the first time in a run: every card number starts so.
      const four =
        digits &
        ((digits << 1) | (digitsBefore >> 63)) &
        ((digits << 2) | (digitsBefore >> 62)) &
        ((digits << 3) | (digitsBefore >> 61))
      const runs = four & ~((four << 1) | (fourBefore >> 63))
      // Two capitals and two digits.
      const accounts =
        digits &
        ((digits << 1) | (digitsBefore >> 63)) &
        ((capitals << 2) | (capitalsBefore >> 62)) &
        ((capitals << 3) | (capitalsBefore >> 61))
      for (let rest = runs | accounts; rest != 0; rest &= rest - 1) {
        const place = at + u32(ctz(rest)) - 3
        if ((accounts & rest & -rest) != 0) lookAtAccount(place)
        else lookAtDigits(place)
      }
      digitsBefore = digits
      capitalsBefore = capitals
      fourBefore = four
      quotesBefore = quotes
    }
    for (let each = noted; each < specialsEnd; each += 4) lookAtSpecial(load<u32>(each))
    if (literals > foundRoom) return stop
  }
  return to
}

/** Adds the places of the bits to a list. Returns where it ends; behind that it writes too. */
@inline
function noteAll(list: u32, at: u32, bits: u64): u32 {
  const end = list + (u32(popcnt(bits)) << 2)
  for (let i = 0; i < 4; i++) {
    store<u32>(list, at + u32(ctz(bits)))
    bits &= bits - 1
    list += 4
  }
  while (bits != 0) {
    store<u32>(list, at + u32(ctz(bits)))
    bits &= bits - 1
    list += 4
  }
  return end
}

@inline
function backOne(before: v128, here: v128): v128 {
  return v128.shuffle<u8>(before, here, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
}

@inline
function backTwo(before: v128, here: v128): v128 {
  return v128.shuffle<u8>(before, here, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
}

/** `","name":`, where a member of an object follows: no pair of strings. */
@inline
function isBeforeMember(at: u32): bool {
  if ((load<u32>(at - 1) & 0xffffff) != 0x222c22) return false
  const quotes = u32(i8x16.bitmask(i8x16.eq(v128.load(at + 2), i8x16.splat(0x22))))
  const close = at + 2 + ctz(quotes | 0x10000)
  return load<u16>(close) == 0x3a22 && load<u8>(close - 1) != BACKSLASH && close + 1 < limit
}

/** The three places before `from` as the last bits of a block before. */
function digitsAt(from: u32, start: u32): u64 {
  let bits: u64 = 0
  for (let back: u32 = 1; back <= 3; back++) {
    if (from >= start + back && isDigit(load<u8>(from - back))) bits |= u64(1) << (64 - back)
  }
  return bits
}

@inline
function isDigit(byte: u32): bool {
  return byte - 0x30 < 10
}

@inline
function classOf(byte: u32): u8 {
  return load<u8>(CLASSES + byte)
}

@inline
function addKey(entry: u32): void {
  store<u32>(KEYS + (keys << 2), entry)
  keys++
}

/** Most names have been seen before: then the text before the separator is one that is known to be innocent. */
@inline
function lookAtSpecial(at: u32): void {
  const slot = slotOf(at)
  const near = v128.xor(v128.and(v128.load(at - 15), v128.load(slot, 16)), v128.load(slot))
  const far = v128.xor(v128.and(v128.load(at - 31), v128.load(slot, 48)), v128.load(slot, 32))
  if (at - first >= 32 && !v128.any_true(v128.or(near, far))) return
  lookCloser(at)
}

/** By the last eight bytes, without those before a quote: what stands before a quoted name varies. */
@inline
function slotOf(at: u32): usize {
  const bytes = load<u64>(at - 7)
  const others = (bytes ^ 0x2222222222222222) & 0x0000ffffffffffff
  const quotes = (others - 0x0000010101010101) & ~others & 0x0000808080808080
  const kept = bytes & ~((u64(0xffffffffffffffff) >> 8) >> clz(quotes | 1))
  return MEMO + (usize((kept * 0x9e3779b97f4a7c15) >> 54) << 6)
}

/**
 * Takes note that the text from `text` to `at` is no secret name. What JavaScript has confirmed costs more to find
 * out again, so it gives way to the rest only now and then.
 */
function note(text: u32, at: u32, isConfirmed: bool): void {
  const length = at + 1 - text
  if (length > LONGEST_NOTED) return
  const slot = slotOf(at)
  const flag = CONFIRMED + ((slot - MEMO) >> 6)
  if (!isConfirmed && load<u8>(flag) != 0 && (++turns & 15) != 0) return
  store<u8>(flag, u8(isConfirmed))
  const near = v128.load(MASKS + 16 + min<u32>(length, 16))
  const far = v128.load(MASKS + max<u32>(length, 16))
  v128.store(slot, v128.and(v128.load(at - 15), near))
  v128.store(slot, near, 16)
  v128.store(slot, v128.and(v128.load(at - 31), far), 32)
  v128.store(slot, far, 48)
}

/** Takes note of what JavaScript found at a separator: no secret name stands before it. */
export function remember(at: u32): void {
  const text = keyText(at, load<u8>(at))
  // After a colon a marker further left may have spoken for the name.
  if (text <= ASK || load<u8>(text) == COLON) return
  note(text, at, true)
}

function lookCloser(at: u32): void {
  const byte: u32 = load<u8>(at)
  if (byte == COMMA) {
    if (mayBePair(at) && mayBeKey(at)) addKey(at)
  } else if (byte == 0x7f) {
    addKey(at | CONTROL)
  } else if (byte == 0xc2) {
    if (at + 1 < limit && (load<u8>(at + 1) & 0xe0) == 0x80) addKey(at | CONTROL)
  } else if (mayBeKey(at)) {
    addKey(at)
  }
}

function mayBeKey(at: u32): bool {
  const text = keyText(at, load<u8>(at))
  if (text <= ASK) return text == ASK
  if (holdsAnchor(text, at)) return true
  note(text, at, false)
  return false
}

/**
 * Whether a name may be secret: its letters and digits, whatever stands between them, hold four (or three) in a row
 * that stand for one of the names in the tables, or end in such, or it may be written with escapes.
 */
function holdsAnchor(text: u32, at: u32): bool {
  let four: u32 = 0
  let word: u32 = 0
  for (let i = text; i < at; i++) {
    const byte = load<u8>(i)
    const letter: u32 = load<u8>(FOLDED + byte)
    if (letter == 0) {
      if (byte == BLANK && (isEnd(four) || isEnd(word))) return true
      continue
    }
    if (letter > LAST_LETTER) {
      if (mayStandForLetters(letter, load<u8>(i + 1))) return true
      continue
    }
    four = ((four << 6) | letter) & 0xffffff
    // Digits at the end of a name do not count.
    if (letter <= LAST_OF_ALPHABET) word = four
    if (hasBit(ANCHORS, hashOf(four)) || hasBit(ANCHORS, hashOf(four & 0x3ffff))) return true
  }
  return isEnd(four) || isEnd(word)
}

@inline
function isEnd(four: u32): bool {
  return (
    hasBit(ENDS, hashOf(four)) || hasBit(ENDS, hashOf(four & 0x3ffff)) || hasBit(BIGRAMS, four & 0xfff)
  )
}

@inline
function hashOf(letters: u32): u32 {
  return (letters * 0x9e3779b1) >> 17
}

@inline
function hasBit(table: usize, bit: u32): bool {
  return (load<u8>(table + (bit >> 3)) & (u8(1) << u8(bit & 7))) != 0
}

/** `\u0070`, `\x70` and `&#112;`, and the head of a marker; any percent sign and any byte that is not ASCII. */
@inline
function mayStandForLetters(class_: u32, next: u32): bool {
  if (class_ == OF_BACKSLASH) return next == 0x75 || next == 0x78
  if (class_ == OF_AMPERSAND) return next == HASH
  return class_ != OF_BRACKET || next == 0x53
}

/**
 * Where the text starts that alone decides whether the name before the separator at `at` is secret: with the byte
 * that bounds the name on its left, and with the word before it where that may count.
 */
function keyText(at: u32, separator: u32): u32 {
  if (at < first + 40) return at == first ? NONE : ASK
  let end = at
  let last: u32 = load<u8>(at - 1)
  if (separator == EQUALS && isOperator(last)) return ASK
  for (let blanks = 0; last == BLANK; blanks++) {
    if (blanks == 4) return ASK
    last = load<u8>(--end - 1)
  }
  if (isQuote(last)) return quotedText(at, end, last)
  if (last == TAB || last == SEMICOLON) return ASK
  if (last == BACKSLASH && separator == BACKSLASH) return ASK
  if ((classOf(last) & NAME) == 0) return NONE
  if (last == CLOSE_BRACKET && isQuote(load<u8>(end - 2))) return ASK
  if (last == DASH && separator == GREATER && load<u8>(end - 2) == BLANK) return ASK
  return bareText(at, end, separator)
}

@inline
function isQuote(byte: u32): bool {
  return byte == QUOTE || byte == APOSTROPHE || byte == BACKTICK
}

@inline
function isOperator(byte: u32): bool {
  return byte == 0x3f || byte == 0x2e || byte == 0x2b || byte == 0x7c || byte == COLON
}

/** Whether after the comma another string in the same quotes begins that is not the name of a member. */
function mayBePair(at: u32): bool {
  let before = at - 1
  while (before > first && load<u8>(before) == BLANK) before--
  const quote: u32 = load<u8>(before)
  if (!isQuote(quote)) return false
  let from = at + 1
  while (from < limit && load<u8>(from) == BLANK) from++
  const depth = from
  while (from < limit && load<u8>(from) == BACKSLASH) from++
  if (from >= limit) return true
  if (load<u8>(from) != quote) return false
  const quotes = maskOf(from + 1, quote)
  if (quotes == 0) return true
  const close = from + 1 + ctz(quotes)
  if (close + 1 >= limit || load<u8>(close + 1) != COLON) return true
  // A quote that is written deeper is no closing one.
  return backslashesBefore(close, from + 1) != from - depth
}

function backslashesBefore(at: u32, start: u32): u32 {
  let from = at
  while (from > start && load<u8>(from - 1) == BACKSLASH) from--
  return at - from
}

@inline
function maskOf(base: u32, byte: u32): u32 {
  const same = i8x16.splat(u8(byte))
  const low = i8x16.bitmask(i8x16.eq(v128.load(base), same))
  const high = i8x16.bitmask(i8x16.eq(v128.load(base, 16), same))
  return u32(low) | (u32(high) << 16)
}

function quotedText(at: u32, end: u32, quote: u32): u32 {
  const base = at - 31
  const quotes = maskOf(base, quote) & ((u32(1) << (end - 1 - base)) - 1)
  return quotes == 0 ? longText(at, quote) : boundary(base + 31 - clz(quotes), base)
}

/** The same for a quote that stands further away. */
function longText(at: u32, quote: u32): u32 {
  for (let base = at - 63; base >= first && at - base < LONGEST_NAME; base -= 32) {
    const quotes = maskOf(base, quote)
    if (quotes != 0) return boundary(base + 31 - clz(quotes), base)
  }
  return ASK
}

/** The text starts with the byte that is no backslash, for how many there are counts. */
@inline
function boundary(text: u32, base: u32): u32 {
  while (text > base && load<u8>(text - 1) == BACKSLASH) text--
  return text > base ? text - 1 : ASK
}

@inline
function namesIn(at: u32): u32 {
  const bytes = v128.load(at)
  const nibble = i8x16.splat(15)
  const rows = i8x16.swizzle(v128.load(NAMES), v128.and(bytes, nibble))
  const columns = i8x16.swizzle(v128.load(NAMES, 16), v128.and(i16x8.shr_u(bytes, 4), nibble))
  return u32(i8x16.bitmask(i8x16.eq(v128.and(rows, columns), i8x16.splat(0))))
}

function bareText(at: u32, end: u32, separator: u32): u32 {
  const base = at - 31
  const bounds = (namesIn(base) | (namesIn(base + 16) << 16)) & ((u32(1) << (end - base)) - 1)
  if (bounds == 0) return ASK
  const bound = 31 - clz(bounds)
  const byte: u32 = load<u8>(base + bound)
  if (byte == COLON && separator == GREATER) return ASK
  if (byte == BACKSLASH) return isEscape(base + bound + 1, end) ? ASK : boundary(base + bound, base)
  // Of an escape too: a terminal's colour, or `&#119;`, four bytes before whose end there may be a sign.
  if (byte == ESCAPE) return ASK
  if (byte == SEMICOLON) return bound < 5 || isEntity(base + bound) ? ASK : base + bound - 4
  if (byte != BLANK) return base + bound
  const before = bounds & ((u32(1) << bound) - 1)
  if (before == 0) return ASK
  const start = base + 31 - clz(before)
  return load<u8>(start) == BACKSLASH ? boundary(start, base) : start
}

/** A tab, a colour, or a letter that is written as `\u0077` or `\x77`, after a backslash. */
@inline
function isEscape(at: u32, end: u32): bool {
  const letter: u32 = load<u8>(at)
  if (letter == 0x74) return at + 1 == end
  return letter == 0x75 || letter == 0x78 || letter == 0x30 || letter == 0x65
}

@inline
function isEntity(semicolon: u32): bool {
  return load<u8>(semicolon - 3) == HASH || load<u8>(semicolon - 4) == HASH || load<u8>(semicolon - 5) == HASH
}

@inline
function lookAtWindow(at: u32): void {
  const bytes = load<u32>(at)
  const trigram = bytes & 0xffffff
  let record: u32 = load<u16>(TRIGRAMS + (((trigram * 0x9e3779b1) >> 20) << 1))
  if (record != 0) compareAll(record, at)
  record = load<u16>(PAIRS + ((((bytes & 0xffff) * 0x9e3779b1) >> 22) << 1))
  if (record != 0) compareAll(record, at)
}

/** Records: length that is compared, place of the window, flags, unused, next record (u16), id (u16), the bytes. */
function compareAll(record: u32, window: u32): void {
  while (record != 0) {
    const here = records + (record << RECORD_SHIFT)
    compare(here, window - load<u8>(here, 1))
    record = load<u16>(here, 4)
  }
}

function compare(record: u32, at: u32): void {
  const length: u32 = load<u8>(record)
  if (at < first || at + length > limit) return
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(at + i) != load<u8>(record + RECORD_BYTES + i)) return
  }
  const flags = load<u8>(record, 2)
  if ((flags & NEEDS_EDGE) != 0 && !mayStartToken(at)) return
  if ((flags & IS_URL) != 0 && !mayHoldUser(at + 3)) return
  if ((flags & IS_FLAG) != 0 && !mayBeFlag(at)) return
  if ((flags & IS_SEPARATOR) != 0 && !mayBeKey(at)) return
  addLiteral(at, load<u16>(record, 6))
}

/** Windows stand at different places in their literals, so the list is kept in order while it grows. */
function addLiteral(at: u32, id: u32): void {
  let slot = found + (literals << 3)
  while (slot > found && comesAfter(slot - 8, at, id)) {
    store<u64>(slot, load<u64>(slot - 8))
    slot -= 8
  }
  store<u32>(slot, at)
  store<u32>(slot, id, 4)
  literals++
}

@inline
function comesAfter(slot: u32, at: u32, id: u32): bool {
  const place = load<u32>(slot)
  return place > at || (place == at && load<u32>(slot, 4) > id)
}

@inline
function byteBefore(at: u32, back: u32): u32 {
  return at >= first + back ? load<u8>(at - back) : 0
}

/** As `atLeftEdge` in bytes.ts, but says yes wherever an escape may end. */
function mayStartToken(at: u32): bool {
  if (at == first || (classOf(load<u8>(at - 1)) & WORD) == 0) return true
  return (
    byteBefore(at, 1) == 0x6d ||
    byteBefore(at, 1) == 0x4b ||
    byteBefore(at, 2) == BACKSLASH ||
    byteBefore(at, 3) == 0x25 ||
    byteBefore(at, 4) == BACKSLASH ||
    byteBefore(at, 6) == BACKSLASH
  )
}

/** Whether an `@` stands before the end of the word. What is known of the text ahead is kept: it stays linear. */
function mayHoldUser(from: u32): bool {
  if (from < urlClean) return false
  if (from <= urlSign) return true
  for (; from < limit; from++) {
    const byte: u32 = load<u8>(from)
    if (byte == AT) {
      urlSign = from
      return true
    }
    if (byte <= BLANK || byte == QUOTE) {
      urlClean = from + 1
      return false
    }
  }
  urlSign = limit
  return true
}

function mayBeFlag(at: u32): bool {
  const end = flagEnd(at)
  if (end <= ASK) return end == ASK
  return (end - flagName <= LONGEST_SHORT_FLAG && load<u8>(flagName - 1) == DASH) || holdsAnchor(at, end)
}

/** Where the name of the last flag starts. */
let flagName: u32 = 0

/** Where the blank after a flag stands: `-u `, `--password `, ` -p `. */
function flagEnd(at: u32): u32 {
  let from = at
  while (from < limit && (load<u8>(from) == BLANK || load<u8>(from) == DASH)) {
    if (++from - at > 3) return NONE
  }
  const name = from
  flagName = from
  while (from < limit && (classOf(load<u8>(from)) & NAME) != 0) {
    if (++from - name > 64) return NONE
  }
  if (from >= limit) return ASK
  return from > name && load<u8>(from) == BLANK ? from : NONE
}

/** Whether 13 digits stand in one run or in groups of 4 or more. Card numbers start with 2 to 6. */
@inline
function lookAtDigits(at: u32): void {
  if (load<u8>(at - 1) == DASH && load<u8>(at - 4) == DASH && at >= first + 7) addNumber((at - 7) | SSN)
  if (!isDigit(load<u8>(at + 4)) && !isDigit(load<u8>(at + 7))) return
  if (mayBeCard(at)) addNumber(at)
}

@inline
function lookAtAccount(at: u32): void {
  if (at >= first && mayStartToken(at)) addNumber(at | IBAN)
}

@inline
function addNumber(entry: u32): void {
  store<u32>(CARDS + (cards << 2), entry)
  cards++
}

function mayBeCard(at: u32): bool {
  if (at < first || u32(load<u8>(at)) - 0x32 > 4) return false
  if (at > first && (classOf(load<u8>(at - 1)) & JOINS) != 0) return false
  let count: u32 = 0
  let group: u32 = 0
  for (let to = at; to < limit && count < 13; to++) {
    const byte: u32 = load<u8>(to)
    if (isDigit(byte)) {
      count++
      group++
      continue
    }
    if ((byte != BLANK && byte != DASH) || group < 4) return false
    group = 0
  }
  return count == 13
}
