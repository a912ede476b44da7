// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdint>

#include "topics/naming.h"

namespace arq::topics {
namespace {

// Folded (ё as е), in any order, one blank between them: function words; verbs, adjectives and adverbs of
// every day; and nouns that stand for any other.
constexpr std::string_view kText =
    // English: function words
    "a about above across after again against ago all almost along already also although always am among an "
    "and "
    "another any anybody anyone anything anyway anywhere are aren't around as at away back be because become "
    "been "
    "before behind being below between both but by can can't cannot could couldn't did didn't do does "
    "doesn't doing "
    "don't done down during each either else enough etc even ever every everybody everyone everything "
    "everywhere "
    "except few for from further had hadn't has hasn't have haven't having he he'll he's hence her here "
    "here's hers "
    "herself him himself his how how's however i i'd i'll i'm i've if in indeed inside instead into is isn't "
    "it it'll "
    "it's its itself just least less let let's lot lots many may maybe me might mine more moreover most much "
    "must my "
    "myself near nearly neither never nevertheless next no nobody none nor not nothing now nowhere of off "
    "often on "
    "once one ones only onto or other others otherwise ought our ours ourselves out outside over own per "
    "perhaps "
    "please quite rather really same several shall she she'll she's should shouldn't since so some somebody "
    "somehow "
    "someone something sometimes somewhere soon still such than that that's the their theirs them themselves "
    "then "
    "there there's therefore these they they'll they're they've this those though through throughout thus "
    "till to "
    "together too toward towards under unless until up upon us usually very via was wasn't we we'd we'll "
    "we're we've "
    "were weren't what what's whatever when whenever where where's wherever whether which while who who's "
    "whoever "
    "whole whom whose why will with within without won't would wouldn't yes yet you you'd you'll you're "
    "you've your "
    "yours yourself hello hey hi bye goodbye thanks thank thx ok okay yeah yep nope oh well wow sorry pls "
    "cheers "
    "greetings hmm haha lol "
    // English: verbs
    "add agree allow answer appear arrive arrived ask asked asking ate bake become began begin begun believe "
    "bought "
    "bring broke broken brought build built buy buying called calling came catch caught check "
    "choose "
    "chose come comes coming contact continue cost could create cried cry cut decide decided describe "
    "drank "
    "drive drove eat eating explain fall feel feeling feels fell felt figure find finish finished fix "
    "follow "
    "forget forgot forgotten found gave get gets getting give given gives go goes going gone gonna got gotta "
    "gotten "
    "grew guess happen happened happens hate hear heard help helped hope keep keeps kept knew know known "
    "knows learn "
    "learned leave left lend lent lie like liked likes listen live lived lives living look looked looking "
    "looks lose "
    "lost love loved loves made make makes making mean means meet mention met miss missed move moved need "
    "needed needs "
    "notice open paid pay pick planning played plays prefer prepare put ran read recall "
    "recommend "
    "remember remembered remind reply run said sat saw say saying says see seem seems seen sell send sent "
    "set show "
    "sing sit slept sold sound sounds speak spend spent spoke stand start started stay stayed stood "
    "stop "
    "stopped suggest suppose take taken takes taking talk talked taught teach tell tells thank think "
    "thinking "
    "thinks thought threw throw told took tried try trying turn turned understand understood use used using "
    ""
    "wait wake wanna want wanted wants watched went wish woke wonder wondering won "
    "worked works "
    "worried worry write wrote written "
    // English: adjectives and adverbs
    "able actual actually afraid alone amazing angry available awesome awful bad beautiful best better big "
    "bored "
    "boring bright broken busy careful cheap certain clean clear close cold cool crazy current cute dark "
    "dead "
    "different difficult dirty early easy empty entire exact exactly excited expensive extra fair famous far "
    "fast "
    "favorite favourite fast final finally fine first former free fresh full fun funny general glad good "
    "gorgeous "
    "great happy hard healthy heavy high hot huge hungry important interesting kind large last late lately "
    "later "
    "latest little local lonely long loud low lucky main major mad modern nervous new nice normal old open "
    "original "
    "perfect poor popular possible pretty previous probably proud quick quickly quiet ready real recent "
    "recently "
    "regular rich right rude sad safe second serious short sick similar simple slow slowly small smart soft "
    "special "
    "strange strong stupid super sure sweet tall terrible third tired true ugly useful useless usual warm "
    "weak weird "
    "wet whole wonderful wrong young tonight today tomorrow yesterday everyday currently especially honestly "
    "basically literally definitely absolutely apparently totally two three four five six seven eight nine "
    "ten "
    "hundred thousand million half "
    // English: nouns that stand for any other
    "thing things stuff way ways kind sort type bit piece pair part parts lot side case fact point reason "
    "idea example "
    "question questions matter time times day days week weeks month months year years hour hours minute "
    "minutes moment "
    "morning evening afternoon night o'clock am pm monday tuesday wednesday thursday friday saturday sunday "
    "january "
    "february march april june july august september october november december people person man men woman "
    "guy guys "
    "place number amount name end top bottom rest course sense "
    // Russian: function words
    "а без более больше будем будет будете будешь будто буду будут бы бывает был была были было быть в вам "
    "вами вас "
    "ваш ваша ваше вашего вашей вашем вашему ваши вашим ваших вдруг ведь весь вместе вместо во вообще вот "
    "впрочем все "
    "всегда всего всей всем всеми всему всех всю всюду вся всякий вы где го да давай давайте даже для до "
    "довольно "
    "едва ее ей если есть еще же за зато зачем здесь и из изо или им ими иногда их к каждая каждое каждой "
    "каждом "
    "каждую каждые каждый как какая какие каким каких какого какое какой каком какую когда кое ком кому "
    "конечно "
    "который которая которое которой котором которую которые которых кто куда ли либо лишь лучше любая любой "
    "между "
    "меня менее меньше мне много многие мной мог могла могли могло могу могут мое моего моей моем моему "
    "может можем "
    "можете можешь можно мои моим моими моих мой мою моя мы на наверно наверное над надо наконец нам нами "
    "нас "
    "наш наша наше нашего нашей нашем нашему наши нашим наших нашу не него нее ней некий некоторые нельзя "
    "нем немного "
    "нему несколько нет неужели ни нибудь никак никакой никогда никого никому никто никуда ними них ничего "
    "ничто но "
    "ну нужен нужна нужно нужны о об оба обо обычно однако около он она они оно опять особенно от откуда "
    "отсюда "
    "очень перед по под пожалуйста пока после потом потому почему почти при про просто против пусть раз "
    "разве раньше "
    "с сам сама сами самая самое самой самом само самый самые свое своего своей своем своему свои своим "
    "своих свой "
    "свою своя себе себя сейчас сих сколько скоро слишком снова со совсем сразу среди так такая также такие "
    "таким "
    "таких такое такого такой таком такую там твое твоего твоей твоем твои твоих твой твою твоя те тебе тебя "
    "тем теми "
    "теперь тех то тобой тогда того тоже той только том тому тот точно тут ты у уж уже хоть хотя чего чей "
    "чем чему "
    "через что чтоб чтобы чуть чья эта эти этим этими этих это этого этой этом этому этот эту я ага алло "
    "блин ведь "
    "здравствуй здравствуйте привет приветик приветствую пока спасибо спс пожалуйста ладно хорошо нормально "
    "ок окей "
    "угу ура извини извините прости простите добрый доброе доброго доброй добро кстати например значит "
    "короче типа видимо возможно вероятно действительно кажется "
    // Russian: verbs
    "боюсь бывал бывает видел видела видели видеть вижу видишь взял взяла взяли взять возьми говорил "
    "говорила "
    "говорили говорит говорить говорю говорят готовить дай дайте дал дала дали дать делаем делает делаешь "
    "делал "
    "делала делали делать делаю делают держать думаем думает думаешь думал думала думали думать думаю ел ела "
    "ели ем "
    "ест есть еду едем едет ехал ехала ехали ехать ждал ждала жду ждем ждет ждать жил жила жили жить живем "
    "живет "
    "живете живешь живу живут забыл забыла забыли забыть знаем знает знаете знаешь знал знала знали знать "
    "знаю знают "
    "играем играет играл играла играли играть играю иду идем идет идти идут искал искала ищу ищем купил "
    "купила купили "
    "купить куплю лег легла лежал лежать лежит любит любишь люблю любил любила любить любят мешает надеюсь "
    "нашел "
    "нашла нашли найти написал написала написать напиши напомни напомните начал начала начали начать начинаю "
    "начинается нравится нравятся нравилось ответь ответил открыл открыть отправил отправила отправить "
    "ошибся пей пил "
    "пила пить пишет пишу писал писать подскажи подскажите покажи показал показать покупать получил получила "
    "получить "
    "получается получилось помнит помнишь помню помните помнить помоги помогите помогает помочь понял поняла "
    "понять "
    "понимаю попробовать поговорить поедем поеду поехал поехали поехать пойдем пойду пойти поставить "
    "посмотрел "
    "посмотреть посоветуй посоветуйте потерял потеряла пошел пошла пошли предложи пришел пришла пришли "
    "пришло прийти "
    "придет приду приехал приехала приехали пришлось приходится пробовал прошел прошла прошло работает "
    "работают "
    "работаю работал работала работать рассказал рассказала рассказать расскажи решил решила решили решить "
    "сделай "
    "сделал сделала сделали сделать сидел сижу скажи скажите сказал сказала сказали сказать смог смогла "
    "смогу смотрел "
    "смотрела смотрели смотрит смотрю смотреть снял собираемся собираюсь собирается сообщи спал спала спать "
    "сплю "
    "спросил спросила спросить стал стала стали стало стать стоит стоил стоять считаю терпеть узнал узнать "
    "умеет "
    "умею уметь ушел ушла ушли уехал уехала учил учить хотел хотела хотели хотелось хотеть хотим хотите "
    "хотят хочет "
    "хочется хочешь хочу просит прошу просил просила болит болят читаем читает читал читала читаю читать "
    // Russian: adjectives and adverbs
    "ближайший больной большая большие большое большой большую быстро важно важный вечером вчера весело "
    "высокая "
    "высокий главное главный глупый готов готова готовы грустно давно далеко дешево дешевле днем долго "
    "должен должна "
    "должны дома дорого другая другие другим других другого другое другой другую жаль завтра замечательно "
    "занят занята "
    "здорово знакомый интересно интересный красиво красивая красивый круто легко маленькая маленький "
    "медленно "
    "молодой мало надолго наоборот настоящий небольшой недавно неплохо ненавижу новая новое нового новой "
    "новом новую "
    "новые новый новых ночью нынче обязательно один одна одного одной одном одно одну отлично первая первое "
    "первой "
    "первом первый плохая плохо плохой пора поздно полностью последнее последние последний последнюю "
    "послезавтра "
    "постоянно похоже правда правильно прекрасно прошлой прошлом прошлую прошлый рад рада рады разный разные "
    "рано "
    "редко реально сегодня серьезно сильно скучно сложно следующая следующий следующей следующем срочно "
    "старая старый "
    "странно странно страшно супер теплая точный трудно тяжело ужасно ужасный устал устала утром хорошая "
    "хорошего "
    "хорошей хороший хорошие хорошую холодно холодный хуже целый часто быстрый любимая любимое любимой "
    "любимый любимые "
    "два две двух три трех четыре пять шесть семь восемь девять десять сто тысяча тысяч пол половина "
    // Russian: nouns that stand for any other
    "вещь вещи дело дела день дня дней дни неделя недели неделю неделе недель месяц месяца месяцев месяце "
    "год года "
    "году лет час часа часов минута минут минуты минуту время времени раза утро утра вечер вечера ночь ночи "
    "понедельник понедельника вторник вторника среда среду среды четверг четверга пятница пятницу пятницы "
    "суббота "
    "субботу субботы воскресенье воскресенья января февраля марта апреля мая июня июля августа сентября "
    "октября "
    "ноября декабря январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре "
    "понедельнику вторнику среде четвергу пятнице субботе воскресенью человек люди людей "
    "вопрос вопросы ответ слово слова место места часть случай образом вид "
    "вроде "
    "штука штуки конец конце начало начале пример причина смысл идея мысль тема имя разница способ куча пару "
    "пара ";

struct Place {
    std::uint16_t at = 0;
    std::uint16_t size = 0;
};

constexpr std::string_view word_at(Place place) {
    return kText.substr(place.at, place.size);
}

constexpr std::size_t kCount = static_cast<std::size_t>(std::count(kText.begin(), kText.end(), ' '));

// Places rather than views: a pointer would be adjusted, and so copied, in each process.
constexpr std::array<Place, kCount> kSorted = [] {
    std::array<Place, kCount> places{};
    std::size_t start = 0;
    for (Place& place : places) {
        const std::size_t end = kText.find(' ', start);
        place = {.at = static_cast<std::uint16_t>(start), .size = static_cast<std::uint16_t>(end - start)};
        start = end + 1;
    }
    std::sort(places.begin(), places.end(), [](Place a, Place b) { return word_at(a) < word_at(b); });
    return places;
}();
static_assert(kText.size() < 65536);

}  // namespace

bool is_plain_word(std::string_view word) {
    const auto place =
        std::lower_bound(kSorted.begin(), kSorted.end(), word,
                         [](Place one, std::string_view wanted) { return word_at(one) < wanted; });
    return place != kSorted.end() && word_at(*place) == word;
}

}  // namespace arq::topics
