//! What grouping does with invented letters.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{AUTOMATIC, Arrival, Features, MatterIndex, Moved, Placement, SUGGESTED, Verdict};

const PLANT: &str = "锦绣家园旁边新建的混凝土搅拌站半夜还在生产,噪声很大,灰尘也多,居民没法睡觉。";
const DUST: &str = "搅拌站的罐车一趟接一趟,锦绣家园的窗台上全是水泥灰,夜里机器轰鸣,老人孩子都睡不好。";
const WATER: &str = "河东片区的自来水又黄又浑,放了半个小时也不清,请水务局查一查水源和管道。";
const ELSEWHERE: &str = "青崖镇上庄村新建的混凝土搅拌站半夜生产,噪声大,灰尘多,没法睡觉。";

fn arrival(number: u128, title: &str, text: &str) -> Arrival {
    let hours = i64::try_from(number).unwrap_or_default();
    Arrival {
        report: Uuid::from_u128(number),
        features: Features::read(title, text),
        time: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(20 * 365 * 24 + hours),
        writer: None,
        chosen: None,
        opens: Uuid::from_u128(1_000 + number),
    }
}

/// Places letters that say what everyone says, so that words have a weight.
fn index() -> MatterIndex {
    let mut index = MatterIndex::new();
    let letters = [
        ("3路公交改线", "文庙街的老人坐车要走两站地,公交改线没有问过大家。"),
        ("幼儿园涨价", "县实验幼儿园的保教费涨了两百,公办园涨价要不要公示?"),
        ("路灯不亮", "柳桥路的路灯坏了半个月,晚上走路看不见。"),
        ("电梯困人", "银杏佳苑二栋的电梯一个月困了三次人,物业说在等配件。"),
    ];
    for (number, (title, text)) in (500..).zip(letters) {
        index.place(&arrival(number, title, text));
    }
    index
}

fn incident(placement: &Placement) -> Option<Uuid> {
    match placement.verdict {
        Verdict::Joins(incident) => Some(incident),
        Verdict::Suggests(_) | Verdict::Opens => None,
    }
}

#[test]
fn letters_of_one_matter_join_and_the_ground_names_the_place_and_the_trouble() {
    let mut index = index();
    let (first, _) = index.place(&arrival(1, "锦绣家园搅拌站扰民", PLANT));
    let (second, _) = index.place(&arrival(2, "搅拌站让锦绣家园居民睡不着", DUST));
    assert_eq!((incident(&first), incident(&second)), (None, Some(Uuid::from_u128(1_001))), "{first:?} {second:?}");
    assert!(second.ground.contains("同一地点 锦绣家园") && second.ground.contains("搅拌"), "{}", second.ground);
    assert!(second.score >= f64::from(AUTOMATIC), "{second:?}");
}

#[test]
fn the_same_trouble_elsewhere_and_another_trouble_here_are_other_matters() {
    let mut index = index();
    index.place(&arrival(1, "锦绣家园搅拌站扰民", PLANT));
    let (elsewhere, _) = index.place(&arrival(2, "青崖镇上庄村搅拌站扰民", ELSEWHERE));
    let fees = "我们小区的物业费一年涨了三成,电梯广告的收入也不公布,业委会选举拖了两年,街道不管,业主拿不出证据,请住建局查账。";
    let (other, _) = index.place(&arrival(3, "锦绣家园物业费涨价不公开账目", fees));
    assert_eq!((incident(&elsewhere), incident(&other)), (None, None), "{elsewhere:?} {other:?}");
}

#[test]
fn what_is_near_and_not_near_enough_is_suggested_with_its_ground() {
    let texts = [
        ("窗台上的灰尘从哪里来", "家住锦绣家园,家里的窗台一天不擦就是一层灰,冬天也不敢开窗,孩子咳嗽了半个月,请环保局来测一测空气。"),
        ("夜里有怪声", "最近一到夜里锦绣家园就有嗡嗡的声音,听不出是从哪里来的,早上又没有了,家里老人心脏不好,请查一查。"),
        ("混凝土罐车压坏了路", "搅拌站的罐车每天上百趟,柳桥路的路面压出了坑,骑车的人摔了好几个,什么时候修?"),
        ("罐车半夜不停", "运混凝土的罐车半夜还在跑,锦绣家园门口的路灯又不亮,骑车的人摔了好几个。"),
    ];
    let place = |title: &str, text: &str| {
        let mut index = self::index();
        index.place(&arrival(1, "锦绣家园搅拌站扰民", PLANT));
        index.place(&arrival(2, title, text)).0
    };
    let found: Vec<Placement> = texts.into_iter().map(|(title, text)| place(title, text)).collect();
    let suggested: Vec<&Placement> = found.iter().filter(|p| matches!(p.verdict, Verdict::Suggests(_))).collect();
    assert!(!suggested.is_empty(), "{found:?}");
    for placement in suggested {
        assert!((f64::from(SUGGESTED)..f64::from(AUTOMATIC)).contains(&placement.score) && !placement.ground.is_empty(), "{placement:?}");
    }
}

/// A letter that is too far from the first to join it, and one between the two.
fn bridge(index: &mut MatterIndex) -> Vec<Moved> {
    index.place(&arrival(1, "锦绣家园搅拌站扰民", PLANT));
    let (far, _) = index.place(&arrival(2, "罐车太多", "罐车一趟接一趟,窗台上全是水泥灰,机器轰鸣,老人孩子都睡不好。"));
    assert_eq!(incident(&far), None, "{far:?}");
    let (between, moved) = index.place(&arrival(3, "锦绣家园旁搅拌站的罐车太多", DUST));
    assert!(incident(&between).is_some(), "{between:?}");
    moved
}

#[test]
fn a_later_letter_draws_an_earlier_lone_one_into_its_incident_and_tells_of_it() {
    let mut index = index();
    let moved = bridge(&mut index);
    assert_eq!(moved.len(), 1, "{moved:?}");
    assert!(moved[0].ground.starts_with("后来的线索使两件相近"), "{moved:?}");
    assert_ne!(moved[0].from, moved[0].to);
}

#[test]
fn what_a_person_put_somewhere_stays_there() {
    let mut index = index();
    let chosen = Arrival { chosen: Some(Uuid::from_u128(77)), ..arrival(1, "锦绣家园搅拌站扰民", PLANT) };
    assert_eq!(index.place(&chosen).0.verdict, Verdict::Joins(Uuid::from_u128(77)));
    index.transfer(Uuid::from_u128(1), Uuid::from_u128(78), true);
    let (next, moved) = index.place(&arrival(2, "搅拌站让锦绣家园居民睡不着", DUST));
    assert_eq!((incident(&next), moved), (Some(Uuid::from_u128(78)), Vec::new()));
}

#[test]
fn the_same_letters_in_the_same_order_are_placed_alike() {
    let place = || {
        let mut index = index();
        let letters = [("锦绣家园搅拌站扰民", PLANT), ("河东自来水发黄", WATER), ("搅拌站让锦绣家园居民睡不着", DUST), ("河东的水", WATER)];
        (1..).zip(letters).map(|(number, (title, text))| index.place(&arrival(number, title, text))).collect::<Vec<_>>()
    };
    assert_eq!(place(), place());
}

#[test]
fn the_oldest_are_forgotten_and_the_rest_still_found() {
    let mut index = index();
    index.place(&arrival(1, "锦绣家园搅拌站扰民", PLANT));
    index.place(&arrival(2, "河东自来水发黄", WATER));
    index.forget(2);
    assert_eq!(index.len(), 2);
    let (next, _) = index.place(&arrival(3, "搅拌站让锦绣家园居民睡不着", DUST));
    assert_eq!(incident(&next), Some(Uuid::from_u128(1_001)));
    index.forget(1);
    let (forgotten, _) = index.place(&arrival(4, "河东自来水发黄", WATER));
    assert_eq!(incident(&forgotten), None);
}

/// Media report one matter over and over, each in words of its own.
fn report_of_a_flood(number: u128) -> Arrival {
    const SAYS: [&str; 9] = ["现场", "伤者", "救援", "调查组", "通报", "家属", "附近居民", "专家", "消防员"];
    let says = |step: u32| SAYS[usize::try_from(number).unwrap_or_default() / SAYS.len().pow(step) % SAYS.len()];
    let title = format!("河东化工园储罐爆炸:{}与{}", says(0), says(1));
    let text = format!("河东化工园区一处储罐发生爆炸,{}、{}、{}的最新情况,化工园已经疏散。", says(2), says(0), says(1));
    arrival(number, &title, &text)
}

#[test]
fn a_flood_of_reports_stays_one_incident_however_common_its_words_become() {
    let mut index = index();
    let everyday = |number: u128| {
        let (place, trouble) =
            (["银杏佳苑", "柳桥路", "双柳渡镇", "文庙街", "金穗新村"], ["路灯不亮", "电梯困人", "水压太低", "垃圾没人收", "公交改线"]);
        let at = usize::try_from(number).unwrap_or_default();
        let (place, trouble) = (place[at % 5], trouble[at / 5 % 5]);
        arrival(number, &format!("{place}{trouble}"), &format!("{place}{trouble}已经{at}天,打过电话也没有结果,请派人看一看。"))
    };
    for number in 10_000..10_060 {
        index.place(&everyday(number));
    }
    let mut incidents = std::collections::BTreeMap::<Uuid, usize>::new();
    for number in 20_000..20_900 {
        let arrival = report_of_a_flood(number);
        let (placement, _) = index.place(&arrival);
        *incidents.entry(incident(&placement).unwrap_or(arrival.opens)).or_default() += 1;
    }
    let most = incidents.values().max().copied().unwrap_or_default();
    assert!(most >= 890, "of 900 reports {most} are in one incident: {} incidents", incidents.len());
    let (other, _) = index.place(&arrival(30_000, "河东自来水发黄", WATER));
    assert_eq!(incident(&other), None, "{other:?}");
    let (again, _) = index.place(&everyday(10_060));
    assert!(incident(&again).is_some(), "{again:?}");
}
