internal import ToolReward

/// The tokens of the built-in policy: the pieces that completions in Tool-N1's format are made of. A word of the prompt that is not among
/// them is a token too, numbered from ``count`` up in the order of the prompt.
struct CallVocabulary: Sendable {
  /// What a token is for; decides which may follow it.
  enum Kind: UInt8, Sendable {
    case end, openReasoning, closeReasoning, openCalls, closeCalls, separator, endCall, quote
    case openArray, closeArray, openObject, closeObject
    /// What the policy may reason: which tool it should call, or none.
    case thought
    /// `{"name": "f", "arguments": {`
    case call
    /// `"key": `
    case argument
    case word
  }

  struct Token: Sendable {
    let kind: Kind
    let text: [UInt8]
  }

  private(set) var tokens: [Token] = []
  private var wordIDs: [[UInt8]: Int] = [:]
  /// The tokens by their text, longest first, words left out.
  private var byLength: [Int] = []

  var count: Int { tokens.count }
  static let end = 0

  /// Collects the tools, the arguments and the words that no prompt holds from tasks. O(tasks).
  init(tasks: [TrainingTask]) {
    let fixed: [(Kind, String)] = [
      (.end, ""), (.openReasoning, "<think>"), (.closeReasoning, "</think>\n"), (.openCalls, "<tool_call>["),
      (.closeCalls, "]</tool_call>"), (.separator, ", "), (.endCall, "}}"), (.quote, "\""), (.openArray, "["),
      (.closeArray, "]"), (.openObject, "{"), (.closeObject, "}"), (.thought, Demonstration.noTool), (.thought, " "),
    ]
    var known: Set<[UInt8]> = []
    func add(_ kind: Kind, _ text: [UInt8]) {
      if known.insert(text).inserted { tokens.append(Token(kind: kind, text: text)) }
    }
    for (kind, text) in fixed { add(kind, Array(text.utf8)) }
    var words: [[UInt8]] = []
    for task in tasks {
      let prompt = PromptWords(task.prompt)
      for call in task.task.groundTruth.calls {
        let name = call.name.stringBytes ?? []
        add(.thought, Demonstration.reasoning(forCallTo: name))
        add(.call, Self.opening(of: call.name))
        for text in Self.texts(of: call.arguments, depth: 0) {
          switch text {
          case .key(let key): add(.argument, key)
          case .word(let word): if prompt.place(of: word) == nil { words.append(word) }
          }
        }
      }
    }
    for word in words where wordIDs[word] == nil {
      wordIDs[word] = tokens.count
      tokens.append(Token(kind: .word, text: word))
    }
    byLength = tokens.indices.filter { tokens[$0].kind != .word && !tokens[$0].text.isEmpty }.sorted {
      let (left, right) = (tokens[$0].text.count, tokens[$1].text.count)
      return left == right ? $0 < $1 : left > right
    }
  }

  private static func opening(of name: Value) -> [UInt8] {
    Array(#"{"name": "#.utf8) + JSONWriter.python(ensureASCII: false).write(name) + Array(#", "arguments": {"#.utf8)
  }

  private enum Text {
    case key([UInt8])
    case word([UInt8])
  }

  /// What values are spelled with. Values nested deeper than 16 are not looked into: no policy like this would learn them.
  private static func texts(of value: Value, depth: Int) -> [Text] {
    guard depth < 16 else { return [] }
    switch value.kind {
    case .object:
      return value.members.flatMap { name, value in
        var key: [UInt8] = []
        JSONWriter.python(ensureASCII: false).appendString(name.span, 0..<name.count, to: &key)
        return [.key(key + [0x3A, 0x20])] + texts(of: value, depth: depth + 1)
      }
    case .array: return value.elements.flatMap { texts(of: $0, depth: depth + 1) }
    case .string:
      return (value.stringBytes ?? []).split(separator: 0x20).map { .word(Array($0)) }
    default: return [.word(JSONWriter.python(ensureASCII: false).write(value))]
    }
  }

  /// A token's kind.
  func kind(of token: Int) -> Kind { token < tokens.count ? tokens[token].kind : .word }

  /// A word's text; empty for a token that the prompt has not.
  func text(ofWord token: Int, _ extras: [[UInt8]]) -> [UInt8] {
    if token < tokens.count { return tokens[token].text }
    return token - tokens.count < extras.count ? extras[token - tokens.count] : []
  }

  /// The token of a word, be it the vocabulary's or the prompt's.
  func token(ofWord word: [UInt8], _ extras: [[UInt8]]) -> Int? {
    wordIDs[word] ?? extras.firstIndex(of: word).map { tokens.count + $0 }
  }

  func isWord(_ word: [UInt8]) -> Bool { wordIDs[word] != nil }

  /// The tokens that write a completion, its end included; `nil` if no tokens write exactly that. O(text · tokens).
  func tokens(of completion: [UInt8], _ prompt: PromptWords) -> [Int]? {
    let extras = prompt.extras(beyond: self)
    var result: [Int] = []
    var position = 0
    var isInString = false
    while position < completion.count {
      if result.last.map({ kind(of: $0) }) == .word, isInString, completion[position] == 0x20 { position += 1 }
      let rest = completion[position...]
      let mayBeWord = result.last.map { CallGrammar.kinds(after: kind(of: $0)).contains(.word) } ?? false
      if mayBeWord, let (token, length) = word(rest, extras, isInString: isInString) {
        result.append(token)
        position += length
      } else if let token = byLength.first(where: { rest.starts(with: tokens[$0].text) }) {
        if kind(of: token) == .quote { isInString.toggle() }
        result.append(token)
        position += tokens[token].text.count
      } else {
        return nil
      }
    }
    result.append(Self.end)
    return text(of: result, prompt) == completion ? result : nil
  }

  private func word(_ rest: ArraySlice<UInt8>, _ extras: [[UInt8]], isInString: Bool) -> (Int, Int)? {
    let end = rest.firstIndex {
      isInString ? $0 == 0x20 || $0 == 0x22 : $0 == 0x2C || $0 == 0x7D || $0 == 0x5D || $0 == 0x22
    }
    let text = Array(rest[..<(end ?? rest.endIndex)])
    return token(ofWord: text, extras).map { ($0, text.count) }
  }

  /// The text that tokens write. Words of one string have a space between them.
  func text(of sequence: [Int], _ prompt: PromptWords) -> [UInt8] {
    let extras = prompt.extras(beyond: self)
    var result: [UInt8] = []
    var wasWord = false
    var isInString = false
    for token in sequence {
      let kind = kind(of: token)
      if wasWord, kind == .word, isInString { result.append(0x20) }
      if kind == .quote { isInString.toggle() }
      result += text(ofWord: token, extras)
      wasWord = kind == .word
    }
    return result
  }

  /// What tells two vocabularies apart.
  var fingerprint: UInt64 {
    var hash = FeatureHash(0)
    for token in tokens {
      hash.add(UInt64(token.kind.rawValue))
      hash.add(FeatureHash.of(token.text))
    }
    return hash.value
  }
}

/// Which kinds of tokens may follow which: the little that the policy is given instead of having to learn it. What follows within these
/// kinds, broken JSON and wrong order included, is learned.
enum CallGrammar {
  static func kinds(after kind: CallVocabulary.Kind?) -> [CallVocabulary.Kind] {
    let always: [CallVocabulary.Kind] = [
      .end, .openReasoning, .closeReasoning, .openCalls, .closeCalls, .separator, .endCall, .quote, .openArray,
      .closeArray, .openObject, .closeObject,
    ]
    switch kind {
    case .openReasoning, .thought: return always + [.thought]
    case .openCalls: return always + [.call]
    case .call, .openObject: return always + [.argument]
    case .separator: return always + [.call, .argument, .word]
    case .argument, .quote, .word, .openArray: return always + [.word]
    default: return always
    }
  }
}
