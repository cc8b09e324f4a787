internal import ToolReward

/// Tasks written by hand, so that a run needs no download: seven tools, one or two calls, or none.
public enum ExampleTasks: Sendable {
  /// The training split as JSON Lines.
  public static var training: [UInt8] { jsonLines(trainingText) }

  /// The held-out split: other sentences, and names and numbers that the training split has not.
  public static var heldOut: [UInt8] { jsonLines(heldOutText) }

  /// `prompt => name {arguments}`, calls separated by ` ; `, none as `-`.
  private static func jsonLines(_ text: String) -> [UInt8] {
    var result: [UInt8] = []
    for line in text.utf8.split(separator: 0x0A) {
      let parts = String(Substring(line)).split(separator: " => ", maxSplits: 1)
      guard parts.count == 2 else { continue }
      result += Array(#"{"prompt":"#.utf8)
      VerdictWriter.append(String(parts[0]), to: &result)
      result += Array(#","ground_truth":["#.utf8)
      for (place, call) in parts[1].split(separator: " ; ").enumerated() where call != "-" {
        let pieces = call.split(separator: " ", maxSplits: 1)
        guard pieces.count == 2 else { continue }
        if place > 0 { result.append(0x2C) }
        result += Array("{\"name\":\"\(pieces[0])\",\"arguments\":\(pieces[1])}".utf8)
      }
      result += Array("]}\n".utf8)
    }
    return result
  }

  private static let trainingText = """
    What is the weather in Paris? => get_weather {"city": "Paris"}
    How is the weather in Rome today? => get_weather {"city": "Rome"}
    Is it raining in Oslo? => get_weather {"city": "Oslo"}
    Will it rain in Madrid tomorrow? => get_weather {"city": "Madrid"}
    Do I need an umbrella in London? => get_weather {"city": "London"}
    Tell me the weather in Vienna please. => get_weather {"city": "Vienna"}
    How hot is it in Cairo? => get_weather {"city": "Cairo"}
    How cold is it in Moscow right now? => get_weather {"city": "Moscow"}
    Weather forecast for Berlin, please. => get_weather {"city": "Berlin"}
    Give me the forecast for Lisbon. => get_weather {"city": "Lisbon"}
    Is it snowing in Helsinki? => get_weather {"city": "Helsinki"}
    What will the weather be in Athens? => get_weather {"city": "Athens"}
    How hot will it be in Dubai tomorrow? => get_weather {"city": "Dubai"}
    Is it sunny in Naples? => get_weather {"city": "Naples"}
    Set a timer for 10 minutes. => set_timer {"minutes": 10}
    Start a timer of 5 minutes please. => set_timer {"minutes": 5}
    Wake me in 20 minutes. => set_timer {"minutes": 20}
    Remind me in 15 minutes. => set_timer {"minutes": 15}
    I need a timer for 3 minutes. => set_timer {"minutes": 3}
    Put the timer on 45 minutes. => set_timer {"minutes": 45}
    Count down 7 minutes for my eggs. => set_timer {"minutes": 7}
    Can you set the timer to 30 minutes? => set_timer {"minutes": 30}
    Timer, 12 minutes. => set_timer {"minutes": 12}
    Set an alarm in 25 minutes. => set_timer {"minutes": 25}
    Please count down 60 minutes. => set_timer {"minutes": 60}
    Remind me in 40 minutes to call. => set_timer {"minutes": 40}
    Play something by Mozart. => play_music {"artist": "Mozart"}
    Play music by Adele. => play_music {"artist": "Adele"}
    I want to hear Bach. => play_music {"artist": "Bach"}
    Put on some Beethoven. => play_music {"artist": "Beethoven"}
    Let me listen to Sade. => play_music {"artist": "Sade"}
    Can you play a song by Madonna? => play_music {"artist": "Madonna"}
    Play the best songs by Prince. => play_music {"artist": "Prince"}
    I would like to listen to Vivaldi. => play_music {"artist": "Vivaldi"}
    Start some music by Chopin, please. => play_music {"artist": "Chopin"}
    Some music by Queen would be nice. => play_music {"artist": "Queen"}
    I want to hear a song by Shakira. => play_music {"artist": "Shakira"}
    Put on some Nirvana, loud. => play_music {"artist": "Nirvana"}
    Translate cat to French. => translate {"word": "cat", "language": "French"}
    Translate house to German please. => translate {"word": "house", "language": "German"}
    How do you say dog in Spanish? => translate {"word": "dog", "language": "Spanish"}
    How do you say water in Polish? => translate {"word": "water", "language": "Polish"}
    What is bread in Italian? => translate {"word": "bread", "language": "Italian"}
    What is milk in Danish? => translate {"word": "milk", "language": "Danish"}
    Say friend in Swedish. => translate {"word": "friend", "language": "Swedish"}
    Say moon in Greek. => translate {"word": "moon", "language": "Greek"}
    Translate apple to Dutch. => translate {"word": "apple", "language": "Dutch"}
    Please translate river to Finnish. => translate {"word": "river", "language": "Finnish"}
    How do you say sun in Turkish? => translate {"word": "sun", "language": "Turkish"}
    What is cheese in French? => translate {"word": "cheese", "language": "French"}
    Convert 50 dollars to euros. => convert_currency {"amount": 50, "from": "dollars", "to": "euros"}
    Convert 20 euros to pounds please. => convert_currency {"amount": 20, "from": "euros", "to": "pounds"}
    Change 100 pounds to yen. => convert_currency {"amount": 100, "from": "pounds", "to": "yen"}
    How much are 75 dollars in francs? => convert_currency {"amount": 75, "from": "dollars", "to": "francs"}
    How much is 30 euros in dollars? => convert_currency {"amount": 30, "from": "euros", "to": "dollars"}
    Change 500 yen to euros. => convert_currency {"amount": 500, "from": "yen", "to": "euros"}
    I have 40 francs, how much is it in pounds? => convert_currency {"amount": 40, "from": "francs", "to": "pounds"}
    Convert 250 pesos to dollars. => convert_currency {"amount": 250, "from": "pesos", "to": "dollars"}
    Exchange 80 dollars to rupees. => convert_currency {"amount": 80, "from": "dollars", "to": "rupees"}
    Exchange 15 pounds to euros, please. => convert_currency {"amount": 15, "from": "pounds", "to": "euros"}
    How much are 60 rupees in yen? => convert_currency {"amount": 60, "from": "rupees", "to": "yen"}
    Please change 35 euros to pesos. => convert_currency {"amount": 35, "from": "euros", "to": "pesos"}
    Book a table for 4 at Luigi. => book_table {"restaurant": "Luigi", "people": 4}
    Book a table for 2 at Sakura tonight. => book_table {"restaurant": "Sakura", "people": 2}
    Reserve a table for 6 at Bella. => book_table {"restaurant": "Bella", "people": 6}
    We are 5, book a table at Marco. => book_table {"restaurant": "Marco", "people": 5}
    I need a table for 3 at Olive. => book_table {"restaurant": "Olive", "people": 3}
    Get us a table at Tokyo for 8 people. => book_table {"restaurant": "Tokyo", "people": 8}
    Can you reserve a table at Chez for 2? => book_table {"restaurant": "Chez", "people": 2}
    Dinner at Nero for 7, please book it. => book_table {"restaurant": "Nero", "people": 7}
    Reserve dinner at Lotus for 4 people. => book_table {"restaurant": "Lotus", "people": 4}
    Table for 9 at Dino, please. => book_table {"restaurant": "Dino", "people": 9}
    Call Anna. => call_contact {"name": "Anna"}
    Please call Peter. => call_contact {"name": "Peter"}
    Can you phone Maria? => call_contact {"name": "Maria"}
    Phone Tom now. => call_contact {"name": "Tom"}
    I want to talk to Julia. => call_contact {"name": "Julia"}
    Let me talk to David please. => call_contact {"name": "David"}
    Give Laura a ring. => call_contact {"name": "Laura"}
    Ring Martin for me. => call_contact {"name": "Martin"}
    Dial Sofia. => call_contact {"name": "Sofia"}
    Could you dial Henry please? => call_contact {"name": "Henry"}
    What is the weather in Nice and in Lyon? => get_weather {"city": "Nice"} ; get_weather {"city": "Lyon"}
    Tell me the weather in Bonn and in Kiel. => get_weather {"city": "Bonn"} ; get_weather {"city": "Kiel"}
    How is the weather in Porto and in Faro? => get_weather {"city": "Porto"} ; get_weather {"city": "Faro"}
    Is it raining in Graz and in Linz? => get_weather {"city": "Graz"} ; get_weather {"city": "Linz"}
    What is the weather in Bari and in Pisa? => get_weather {"city": "Bari"} ; get_weather {"city": "Pisa"}
    Give me the forecast for Basel and for Bern. => get_weather {"city": "Basel"} ; get_weather {"city": "Bern"}
    Is it snowing in Turku and in Oulu? => get_weather {"city": "Turku"} ; get_weather {"city": "Oulu"}
    How is the weather in Leeds and in York? => get_weather {"city": "Leeds"} ; get_weather {"city": "York"}
    How hot is it in Nimes and in Cannes? => get_weather {"city": "Nimes"} ; get_weather {"city": "Cannes"}
    Is it raining in Gdansk and in Lodz? => get_weather {"city": "Gdansk"} ; get_weather {"city": "Lodz"}
    Weather in Jena and in Halle, please. => get_weather {"city": "Jena"} ; get_weather {"city": "Halle"}
    Is it sunny in Bilbao and in Cadiz? => get_weather {"city": "Bilbao"} ; get_weather {"city": "Cadiz"}
    Show me the weather in Toronto. => get_weather {"city": "Toronto"}
    Could you tell me the weather in Boston? => get_weather {"city": "Boston"}
    Is it windy in Chicago? => get_weather {"city": "Chicago"}
    Could you set a timer for 18 minutes? => set_timer {"minutes": 18}
    Stop me in 6 minutes. => set_timer {"minutes": 6}
    Could you play some Schubert? => play_music {"artist": "Schubert"}
    Something by Elvis, please. => play_music {"artist": "Elvis"}
    I feel like hearing Gershwin. => play_music {"artist": "Gershwin"}
    Could you translate night to Greek? => translate {"word": "night", "language": "Greek"}
    Tell me what chair is in Polish. => translate {"word": "chair", "language": "Polish"}
    How would you say green in Dutch? => translate {"word": "green", "language": "Dutch"}
    Could you convert 95 yen to pounds? => convert_currency {"amount": 95, "from": "yen", "to": "pounds"}
    How much are 10 euros in dollars? => convert_currency {"amount": 10, "from": "euros", "to": "dollars"}
    What are 200 francs in pesos? => convert_currency {"amount": 200, "from": "francs", "to": "pesos"}
    How much is 45 pesos in yen? => convert_currency {"amount": 45, "from": "pesos", "to": "yen"}
    Could you book a table for 2 at Casa? => book_table {"restaurant": "Casa", "people": 2}
    I need a table at Pasha for 5. => book_table {"restaurant": "Pasha", "people": 5}
    Please reserve a table at Milano for 6. => book_table {"restaurant": "Milano", "people": 6}
    Could you call Frank? => call_contact {"name": "Frank"}
    Can you call Lucy for me? => call_contact {"name": "Lucy"}
    I need to talk to George. => call_contact {"name": "George"}
    Tell me a joke. => -
    Who are you? => -
    Thank you very much! => -
    What can you do for me? => -
    Write a poem about love. => -
    Good morning, my friend. => -
    Why are cats so lazy? => -
    Tell me about yourself. => -
    Sing a song about summer. => -
    What is the meaning of life? => -
    Thanks a lot, that was nice. => -
    How old are you? => -
    """

  private static let heldOutText = """
    What is the weather in Prague? => get_weather {"city": "Prague"}
    Is it raining in Dublin today? => get_weather {"city": "Dublin"}
    How cold is it in Bergen? => get_weather {"city": "Bergen"}
    Give me the weather forecast for Sofia. => get_weather {"city": "Sofia"}
    Do I need an umbrella in Brussels tomorrow? => get_weather {"city": "Brussels"}
    How hot will it be in Seville? => get_weather {"city": "Seville"}
    Set a timer for 8 minutes please. => set_timer {"minutes": 8}
    Remind me in 35 minutes. => set_timer {"minutes": 35}
    Start a timer for 90 minutes. => set_timer {"minutes": 90}
    Can you wake me in 50 minutes? => set_timer {"minutes": 50}
    I need a timer of 11 minutes. => set_timer {"minutes": 11}
    Please set the timer to 22 minutes. => set_timer {"minutes": 22}
    Play a song by Rihanna. => play_music {"artist": "Rihanna"}
    I want to listen to Verdi. => play_music {"artist": "Verdi"}
    Put on some Coldplay. => play_music {"artist": "Coldplay"}
    Can you play something by Brahms? => play_music {"artist": "Brahms"}
    I would like to hear Metallica. => play_music {"artist": "Metallica"}
    Some songs by Drake, please. => play_music {"artist": "Drake"}
    Translate tree to Spanish. => translate {"word": "tree", "language": "Spanish"}
    How do you say fish in German? => translate {"word": "fish", "language": "German"}
    What is snow in Norwegian? => translate {"word": "snow", "language": "Norwegian"}
    Please translate garden to Hungarian. => translate {"word": "garden", "language": "Hungarian"}
    Say butter in Czech please. => translate {"word": "butter", "language": "Czech"}
    How do you say school in Welsh? => translate {"word": "school", "language": "Welsh"}
    Convert 45 euros to francs. => convert_currency {"amount": 45, "from": "euros", "to": "francs"}
    How much are 90 pounds in rupees? => convert_currency {"amount": 90, "from": "pounds", "to": "rupees"}
    Change 300 dollars to zloty. => convert_currency {"amount": 300, "from": "dollars", "to": "zloty"}
    Please exchange 65 krona to yen. => convert_currency {"amount": 65, "from": "krona", "to": "yen"}
    Convert 12 pounds to pesos, please. => convert_currency {"amount": 12, "from": "pounds", "to": "pesos"}
    How much is 70 lira in euros? => convert_currency {"amount": 70, "from": "lira", "to": "euros"}
    Book a table for 5 at Roma. => book_table {"restaurant": "Roma", "people": 5}
    Reserve a table for 11 at Saigon. => book_table {"restaurant": "Saigon", "people": 11}
    Can you book a table at Zorba for 3? => book_table {"restaurant": "Zorba", "people": 3}
    I need a table for 10 at Delhi please. => book_table {"restaurant": "Delhi", "people": 10}
    Please call Emma. => call_contact {"name": "Emma"}
    Can you phone Oscar for me? => call_contact {"name": "Oscar"}
    I want to talk to Nina. => call_contact {"name": "Nina"}
    Dial Victor now. => call_contact {"name": "Victor"}
    What is the weather in Metz and in Lille? => get_weather {"city": "Metz"} ; get_weather {"city": "Lille"}
    Is it raining in Essen and in Ulm? => get_weather {"city": "Essen"} ; get_weather {"city": "Ulm"}
    Tell me a story about cats. => -
    Thank you, my friend. => -
    """
}
