/// What may be said of calls written in Python.
extension Diagnostic.Code {
  /// `malformed_python`: the call is not written in Python.
  public static let malformedPython = Diagnostic.Code("malformed_python", "the call is not written in Python")
  /// `not_a_literal`: an argument's value is no literal; it is not evaluated.
  public static let notALiteral = Diagnostic.Code(
    "not_a_literal", "an argument's value is no literal; it is not evaluated")
  /// `number_out_of_range`: a number is larger than any float.
  public static let numberOutOfRange = Diagnostic.Code("number_out_of_range", "a number is larger than any float")
  /// `unpacked_argument`: an argument is unpacked from a value by `*` or `**`.
  public static let unpackedArgument = Diagnostic.Code(
    "unpacked_argument", "an argument is unpacked from a value by * or **")
  /// `positional_argument`: an argument has no name.
  public static let positionalArgument = Diagnostic.Code("positional_argument", "an argument has no name")
  /// `keyword_as_name`: a word of Python's grammar is used as a name.
  public static let keywordAsName = Diagnostic.Code("keyword_as_name", "a word of Python's grammar is used as a name")
}
