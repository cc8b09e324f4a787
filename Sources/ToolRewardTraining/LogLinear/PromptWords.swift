internal import ToolReward

/// A prompt as the built-in policy sees it: words, and where each stands.
struct PromptWords: Sendable {
  /// The first words, without punctuation about them.
  let words: [[UInt8]]
  /// The words in lower case, hashed, all numbers alike, with two places more at either end.
  private let hashes: [UInt64]
  /// The words, each once, in the order of their first place.
  let distinct: [[UInt8]]
  private let placesOfWord: [[UInt8]: [Int]]

  /// Takes a prompt apart. Words beyond the 256th are not seen. O(prompt).
  init(_ prompt: [UInt8]) {
    var words: [[UInt8]] = []
    for piece in prompt.split(whereSeparator: { $0 <= 0x20 }) where words.count < 256 {
      var piece = piece
      while let first = piece.first, Self.isPunctuation(first) { piece.removeFirst() }
      while let last = piece.last, Self.isPunctuation(last) { piece.removeLast() }
      // A word that JSON would have to escape is no token.
      if !piece.isEmpty, !piece.contains(where: { $0 == 0x22 || $0 == 0x5C }) { words.append(Array(piece)) }
    }
    self.words = words
    var hashes: [UInt64] = [1, 2]
    for word in words {
      // What a number is like is known from its neighbours, not from its digits.
      let isNumber = Self.shape(of: word) == 1
      hashes.append(isNumber ? 5 : FeatureHash.of(word.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }))
    }
    self.hashes = hashes + [3, 4]
    var places: [[UInt8]: [Int]] = [:]
    var distinct: [[UInt8]] = []
    for (place, word) in words.enumerated() {
      if places[word] == nil { distinct.append(word) }
      places[word, default: []].append(place)
    }
    self.distinct = distinct
    placesOfWord = places
  }

  /// Where a word stands, first of all; `nil` if it does not.
  func place(of word: [UInt8]) -> Int? { placesOfWord[word]?.first }

  /// Everywhere a word stands.
  func places(of word: [UInt8]) -> [Int] { placesOfWord[word] ?? [] }

  /// The hash of the word at a place; of the text's ends before the first and after the last, up to two places away.
  func hash(at place: Int) -> UInt64 { hashes[min(max(place + 2, 0), hashes.count - 1)] }

  /// The shape of the word at a place; 0 before the first and after the last.
  func shape(at place: Int) -> UInt64 { words.indices.contains(place) ? Self.shape(of: words[place]) : 0 }

  /// The words that the vocabulary lacks: its tokens go on with them.
  func extras(beyond vocabulary: CallVocabulary) -> [[UInt8]] { distinct.filter { !vocabulary.isWord($0) } }

  static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x22, 0x27, 0x28, 0x29, 0x2C, 0x2E, 0x3A, 0x3B, 0x3F, 0x5B, 0x5D, 0x7B, 0x7D: true
    default: false
    }
  }

  /// What a word looks like: digits, a capital first, anything with a digit, other.
  static func shape(of word: [UInt8]) -> UInt64 {
    if word.allSatisfy({ (0x30...0x39).contains($0) }) { return 1 }
    if word.contains(where: { (0x30...0x39).contains($0) }) { return 2 }
    if let first = word.first, (0x41...0x5A).contains(first) { return 3 }
    return 4
  }
}

/// A number for a feature: the same on every machine and in every run.
struct FeatureHash {
  private(set) var value: UInt64

  init(_ kind: UInt64) { value = 0xCBF2_9CE4_8422_2325 ^ kind }

  mutating func add(_ part: UInt64) {
    value = (value ^ part) &* 0x9E37_79B9_7F4A_7C15
    value ^= value >> 29
  }

  static func of(_ bytes: [UInt8]) -> UInt64 {
    var hash = StableHash()
    hash.add(bytes)
    return hash.state
  }
}
