/// A named step from a tool definition as it is found to canonical JSON Schema. Each can be switched off in ``DefinitionReader/rules``;
/// what it would have changed then stays as written. Docs/ToolDefinitions.md counts them over public data.
public enum DefinitionRule: String, Sendable, Hashable, CaseIterable {
  // Envelopes: where the name and the schema are.
  /// {"name", "parameters"}: BFCL, xLAM, ToolACE, Gemini's declarations.
  case envelopeNamed = "envelope_named"
  /// OpenAI chat: {"type": "function", "function": {…}}.
  case envelopeOpenAI = "envelope_openai"
  /// OpenAI responses: {"type": "function", "name", "parameters"}.
  case envelopeResponses = "envelope_responses"
  /// Anthropic: {"name", "input_schema"}.
  case envelopeAnthropic = "envelope_anthropic"
  /// MCP: {"name", "inputSchema"}.
  case envelopeMCP = "envelope_mcp"
  /// Gemini: {"functionDeclarations": […]}, or "parametersJsonSchema".
  case envelopeGemini = "envelope_gemini"
  /// Bedrock: {"toolSpec": {"name", "inputSchema": {"json": …}}}.
  case envelopeBedrock = "envelope_bedrock"
  /// An OpenAPI operation: its operationId, parameters and JSON request body.
  case envelopeOpenAPI = "envelope_openapi"
  /// API-Bank: {"name" or "apiCode", "input_parameters" or "parameters"}.
  case envelopeAPIBank = "envelope_api_bank"
  /// A JSON Schema alone; its title is the name.
  case envelopeBareSchema = "envelope_bare_schema"
  /// A string that holds JSON is read.
  case jsonText = "json_text"
  /// A string that holds a Python literal (single quotes, None) is read.
  case pythonText = "python_text"
  /// The schema is under "arguments" (ACEBench).
  case argumentsKey = "arguments_key"
  /// Parameters that are null or empty mean: no parameters; of absent ones nothing is checked.
  case parametersAbsent = "parameters_absent"
  /// "required" beside the parameters is no list and is ignored (ToolACE's null).
  case toolRequiredIgnored = "tool_required_ignored"
  /// A list "required" beside the parameters is the list of required ones (SealTool).
  case toolRequiredList = "tool_required_list"
  /// A member of the definition that says nothing about parameters is ignored.
  case toolMemberIgnored = "tool_member_ignored"
  // Shape.
  /// Of members of one name the last counts.
  case repeatedName = "repeated_name"
  /// A map of parameters without "type" and "properties" around it is wrapped.
  case flatMap = "flat_map"
  /// A list of {"name", "type", …} becomes properties.
  case parameterList = "parameter_list"
  /// The root lacks "type": "object".
  case rootType = "root_type"
  /// A string in a schema's place is its type; anything else allows all.
  case schemaNotObject = "schema_not_object"
  /// "$schema" of an older draft is dropped: the schema is written as 2020-12.
  case schemaDialect = "schema_dialect"
  /// A reference into OpenAPI's components points to a copy under "$defs".
  case referenceMoved = "reference_moved"
  // Types.
  /// Another language's name or another case of a type: dict, float, STRING, ….
  case typeName = "type_name"
  /// A composed type: List[int], int | None, Dict[str, int], ….
  case typeGrammar = "type_grammar"
  /// An unknown or missing type name allows every type.
  case typeUnknown = "type_unknown"
  // Which parameters are required.
  /// "str, optional": the parameter is optional.
  case optionalSuffix = "optional_suffix"
  /// A parameter's own "required": true or false.
  case requiredFlag = "required_flag"
  /// A parameter's own "optional": true or false.
  case optionalFlag = "optional_flag"
  /// Only the optional parameters are marked: the others are required.
  case requiredFromOptionalList = "required_from_optional_list"
  /// A flat map marks no parameter: all unmarked are required.
  case requiredAbsentMeansRequired = "required_absent_means_required"
  /// "required" or "optional" of the wrong kind: one name is a list of it, anything else is dropped.
  case requiredNotAList = "required_not_a_list"
  /// "required" names a member that is not declared; it is kept.
  case requiredUnknownName = "required_unknown_name"
  // Values.
  /// The declared default is a valid value, though its type or another keyword says otherwise.
  case defaultAccepted = "default_accepted"
  /// The default of an optional parameter is null: null is valid.
  case nullDefault = "null_default"
  /// "nullable": true (OpenAPI 3.0, Gemini): null is valid.
  case nullable
  /// An array's enum that lists no array applies to its items.
  case enumMovedToItems = "enum_moved_to_items"
  // Keywords of other spellings and of older drafts.
  /// A bound written as a string: "maxItems": "10".
  case numericStringBound = "numeric_string_bound"
  /// Draft 4's "exclusiveMinimum": true.
  case booleanExclusiveBound = "boolean_exclusive_bound"
  /// An object's "items" that is a map of parameters is its properties.
  case itemsAsProperties = "items_as_properties"
  /// "items" as a list (up to 2019-09) is "prefixItems".
  case itemsArray = "items_array"
  /// What stands beside a reference is dropped where the schema's draft (up to 7) ignores it.
  case referenceSiblingsIgnored = "reference_siblings_ignored"
  /// "dependencies" (up to draft 7) is dependentRequired and dependentSchemas.
  case dependenciesSplit = "dependencies_split"
  /// A keyword whose value JSON Schema does not allow is dropped.
  case keywordMalformed = "keyword_malformed"
  /// A keyword that JSON Schema does not know; it is kept and has no effect.
  case keywordIgnored = "keyword_ignored"
  // Unknown arguments.
  /// An argument that is not declared is an error.
  case closedRoot = "closed_root"
  /// A member that is not declared is an error at every level.
  case closedDeep = "closed_deep"

  /// The rule in one line.
  public var summary: String {
    switch self {
    case .envelopeNamed: #"{"name", "parameters"}: BFCL, xLAM, ToolACE, Gemini's declarations"#
    case .envelopeOpenAI: #"OpenAI chat: {"type": "function", "function": {…}}"#
    case .envelopeResponses: #"OpenAI responses: {"type": "function", "name", "parameters"}"#
    case .envelopeAnthropic: #"Anthropic: {"name", "input_schema"}"#
    case .envelopeMCP: #"MCP: {"name", "inputSchema"}"#
    case .envelopeGemini: #"Gemini: {"functionDeclarations": […]}, or "parametersJsonSchema""#
    case .envelopeBedrock: #"Bedrock: {"toolSpec": {"name", "inputSchema": {"json": …}}}"#
    case .envelopeOpenAPI: "an OpenAPI operation: its operationId, parameters and JSON request body"
    case .envelopeAPIBank: #"API-Bank: {"name" or "apiCode", "input_parameters" or "parameters"}"#
    case .envelopeBareSchema: "a JSON Schema alone; its title is the name"
    case .jsonText: "a string that holds JSON is read"
    case .pythonText: "a string that holds a Python literal (single quotes, None) is read"
    case .argumentsKey: #"the schema is under "arguments" (ACEBench)"#
    case .parametersAbsent: "parameters that are null or empty mean: no parameters; of absent ones nothing is checked"
    case .toolRequiredIgnored: #""required" beside the parameters is no list and is ignored (ToolACE's null)"#
    case .toolRequiredList: #"a list "required" beside the parameters is the list of required ones (SealTool)"#
    case .toolMemberIgnored: "a member of the definition that says nothing about parameters is ignored"
    case .repeatedName: "of members of one name the last counts"
    case .flatMap: #"a map of parameters without "type" and "properties" around it is wrapped"#
    case .parameterList: #"a list of {"name", "type", …} becomes properties"#
    case .rootType: #"the root lacks "type": "object""#
    case .schemaNotObject: "a string in a schema's place is its type; anything else allows all"
    case .schemaDialect: #""$schema" of an older draft is dropped: the schema is written as 2020-12"#
    case .referenceMoved: #"a reference into OpenAPI's components points to a copy under "$defs""#
    case .typeName: "another language's name or another case of a type: dict, float, STRING, …"
    case .typeGrammar: "a composed type: List[int], int | None, Dict[str, int], …"
    case .typeUnknown: "an unknown or missing type name allows every type"
    case .optionalSuffix: #""str, optional": the parameter is optional"#
    case .requiredFlag: #"a parameter's own "required": true or false"#
    case .optionalFlag: #"a parameter's own "optional": true or false"#
    case .requiredFromOptionalList: "only the optional parameters are marked: the others are required"
    case .requiredAbsentMeansRequired: "a flat map marks no parameter: all unmarked are required"
    case .requiredNotAList:
      #""required" or "optional" of the wrong kind: one name is a list of it, anything else is dropped"#
    case .requiredUnknownName: #""required" names a member that is not declared; it is kept"#
    case .defaultAccepted: "the declared default is a valid value, though its type or another keyword says otherwise"
    case .nullDefault: "the default of an optional parameter is null: null is valid"
    case .nullable: #""nullable": true (OpenAPI 3.0, Gemini): null is valid"#
    case .enumMovedToItems: "an array's enum that lists no array applies to its items"
    case .numericStringBound: #"a bound written as a string: "maxItems": "10""#
    case .booleanExclusiveBound: #"draft 4's "exclusiveMinimum": true"#
    case .itemsAsProperties: #"an object's "items" that is a map of parameters is its properties"#
    case .itemsArray: #""items" as a list (up to 2019-09) is "prefixItems""#
    case .referenceSiblingsIgnored:
      "what stands beside a reference is dropped where the schema's draft (up to 7) ignores it"
    case .dependenciesSplit: #""dependencies" (up to draft 7) is dependentRequired and dependentSchemas"#
    case .keywordMalformed: "a keyword whose value JSON Schema does not allow is dropped"
    case .keywordIgnored: "a keyword that JSON Schema does not know; it is kept and has no effect"
    case .closedRoot: "an argument that is not declared is an error"
    case .closedDeep: "a member that is not declared is an error at every level"
    }
  }

  /// Whether the rule only reports and leaves the schema as it is.
  public var isReport: Bool {
    switch self {
    case .keywordIgnored, .requiredUnknownName, .toolMemberIgnored: true
    default: false
    }
  }

  /// Whether the rule is about where name and schema are found, not about the schema.
  public var isEnvelope: Bool {
    switch self {
    case .envelopeNamed, .envelopeOpenAI, .envelopeResponses, .envelopeAnthropic, .envelopeMCP, .envelopeGemini,
      .envelopeBedrock, .envelopeOpenAPI, .envelopeAPIBank, .envelopeBareSchema:
      true
    default: false
    }
  }
}
