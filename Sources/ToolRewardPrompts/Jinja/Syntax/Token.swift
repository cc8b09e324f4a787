/// A piece of a template's text.
struct Token {
  enum Kind: Equatable {
    case data([UInt8])
    case blockBegin, blockEnd, variableBegin, variableEnd
    case name([UInt8])
    case string([UInt8])
    case integer(JinjaNumber)
    case float(Double)
    case symbol(Symbol)
    case end
  }

  let kind: Kind
  /// Where it starts in the text with its line ends made one.
  let offset: Int
}

/// An integer literal.
enum JinjaNumber: Equatable {
  case small(Int)
  case big([UInt8])
}

/// Operators and punctuation.
enum Symbol: String, CaseIterable {
  case floorDivide = "//", power = "**", equal = "==", notEqual = "!=", greaterOrEqual = ">=", lessOrEqual = "<="
  case add = "+", subtract = "-", divide = "/", multiply = "*", modulo = "%", concatenate = "~"
  case leftBracket = "[", rightBracket = "]", leftParenthesis = "(", rightParenthesis = ")", leftBrace = "{",
    rightBrace = "}"
  case greater = ">", less = "<", assign = "=", dot = ".", colon = ":", pipe = "|", comma = ",", semicolon = ";"

  static let spelled: [(symbol: Symbol, bytes: [UInt8])] = allCases.map { ($0, Array($0.rawValue.utf8)) }
}
