#include "people/common_passwords.hpp"

#include <array>

namespace menkyo::people {

namespace {

// The most used passwords that consist of letters, as ranked by zxcvbn 4.4.2 (frequency list "passwords", MIT
// license, https://github.com/dropbox/zxcvbn), without the obscene ones; and this product's own words.
constexpr auto words = std::to_array<std::string_view>({
    // clang-format off
    "access", "action", "adidas", "admin", "administrator", "airborne", "alaska", "alexande", "alexis", "america",
    "andrey", "angel", "angels", "animal", "apollo", "apple", "apples", "arsenal", "asdasd", "asdfasdf", "asdfgh",
    "asdfghjk", "asdfghjkl", "austin", "azerty", "babygirl", "badboy", "badger", "banana", "bandit", "barney",
    "baseball", "batman", "beatles", "beaver", "beavis", "bigboy", "bigdaddy", "bigdog", "birdie", "blazer",
    "blink", "booger", "boomer", "boston", "brandy", "braves", "bronco", "broncos", "brooklyn", "bubba", "bubbles",
    "buddha", "buddy", "buffalo", "bulldog", "bulldogs", "buster", "butter", "butthead", "camaro", "cameron",
    "canada", "captain", "carolina", "cartman", "casper", "cassie", "celtic", "champion", "charlie", "cheese",
    "chelsea", "cherokee", "cherry", "chester", "chevy", "chicago", "chicken", "christin", "cocacola", "coffee",
    "compaq", "computer", "cookie", "copper", "corvette", "cowboy", "cowboys", "creative", "cricket", "dakota",
    "dallas", "darkness", "destiny", "dexter", "diablo", "diamond", "diesel", "digital", "doctor", "doggie",
    "dolphin", "dolphins", "donkey", "dragon", "dreams", "driver", "drowssap", "drummer", "eagle", "eagles",
    "eclipse", "einstein", "elephant", "eminem", "enigma", "enter", "explorer", "falcon", "fantasy", "fender",
    "ferrari", "fishing", "florida", "flower", "fluffy", "flyers", "football", "forest", "forever", "freddy",
    "freedom", "friday", "gandalf", "garfield", "gateway", "gators", "gemini", "genesis", "genius", "gfhjkm",
    "ghbdtn", "giants", "ginger", "girls", "godzilla", "golden", "golfer", "goober", "google", "guinness", "guitar",
    "gunner", "hammer", "hannah", "hardcore", "harley", "hawaii", "heaven", "hello", "helpme", "hockey", "honda",
    "horney", "horses", "hotdog", "hotrod", "hummer", "hunter", "iceman", "iloveyou", "infinity", "internet",
    "jaguar", "jasmine", "jasper", "jester", "jordan", "junior", "jupiter", "killer", "kitten", "kitty", "klaster",
    "lacrosse", "lakers", "lasvegas", "legend", "letmein", "liberty", "license", "licenses", "lifehack", "liverpoo",
    "liverpool", "lizard", "london", "lovely", "loveme", "lover", "lovers", "loveyou", "lucky", "maddog", "madison",
    "maggie", "magic", "magnum", "marina", "marine", "marlboro", "marley", "maryjane", "master", "matrix",
    "maverick", "maximus", "maxwell", "menkyo", "mercedes", "mercury", "merlin", "metallic", "metallica", "mexico",
    "michael", "michigan", "mickey", "midnight", "minecraft", "money", "monkey", "monster", "montana", "mother",
    "mountain", "mozart", "muffin", "mustang", "naruto", "nascar", "natasha", "newyork", "nikita", "nintendo",
    "nirvana", "nissan", "oliver", "online", "orange", "packers", "pakistan", "pantera", "panther", "paradise",
    "passion", "passport", "password", "patches", "peaches", "peanut", "penguin", "pepper", "phantom", "phoenix",
    "platinum", "playboy", "player", "pokemon", "police", "poohbear", "pookie", "poopoo", "popcorn", "porsche",
    "prince", "princess", "private", "pumpkin", "purple", "qazwsx", "qazwsxedc", "qazxsw", "qwaszx", "qweasd",
    "qweasdzxc", "qweqwe", "qwert", "qwerty", "qwertyu", "qwertyui", "qwertyuiop", "rabbit", "racing", "raider",
    "raiders", "rainbow", "ranger", "rangers", "rascal", "reddog", "redskins", "redsox", "redwings", "rocket",
    "rosebud", "runner", "ruslan", "russia", "samantha", "samson", "samsung", "sandman", "saturn", "scarface",
    "scooby", "scooter", "scorpio", "scorpion", "scotland", "scotty", "secret", "security", "semperfi", "sergey",
    "shadow", "shelby", "shorty", "sierra", "silver", "simple", "simpsons", "skippy", "slayer", "slipknot",
    "smokey", "snickers", "sniper", "snoopy", "snowball", "soccer", "sophie", "spanky", "sparky", "speedy",
    "spider", "spirit", "spitfire", "spooky", "stalker", "stargate", "startrek", "starwars", "steelers", "stupid",
    "success", "summer", "sunshine", "superman", "surfer", "suzuki", "svetlana", "sydney", "tennis", "tester",
    "testing", "theman", "therock", "thumper", "thunder", "tiger", "tigers", "tigger", "tomcat", "topgun", "toyota",
    "trinity", "trouble", "trustno", "turtle", "vampire", "vfhbyf", "viking", "vikings", "viper", "vladimir",
    "voodoo", "voyager", "warrior", "welcome", "westside", "whatever", "willow", "winner", "winston", "winter",
    "wizard", "xavier", "yamaha", "yankee", "yankees", "yellow", "zxcvbn", "zxcvbnm",
    // clang-format on
});

}  // namespace

std::span<const std::string_view> common_passwords() {
  return words;
}

}  // namespace menkyo::people
