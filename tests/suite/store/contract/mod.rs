//! What holds on every store.

mod calling;
mod day;
mod issue;
mod life;
mod staff;

/// Each sentence becomes a test on either database.
macro_rules! contract {
    ($($room:ident: $($sentence:ident)*;)*) => {
        mod on_sqlite {
            $(mod $room {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    super::super::$room::$sentence(crate::store::ground::on_sqlite().await).await;
                })*
            })*
        }
        mod on_postgres {
            $(mod $room {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    if let Some(ground) = crate::store::ground::on_postgres().await {
                        super::super::$room::$sentence(ground).await;
                    }
                })*
            })*
        }
    };
}

contract! {
    issue:
        numbers_have_no_gaps_under_64_concurrent_issuers
        one_key_is_one_ticket_under_concurrency
        a_key_used_for_another_queue_or_class_is_refused
        a_key_finds_its_ticket_after_closing_and_after_midnight
        a_used_up_quota_leaves_no_gap
        the_end_of_the_range_is_an_error_and_leaves_no_gap
        a_closed_queue_gives_no_number_and_says_when_it_opens
        an_unknown_queue_is_refused
        numbers_begin_anew_at_the_halls_midnight
        numbers_begin_anew_where_the_clocks_change
        a_ticket_issued_across_midnight_belongs_to_the_day_of_its_instant
        a_token_opens_its_ticket_and_no_other
        halls_do_not_share_numbers_or_keys;
    calling:
        callers_at_64_never_share_a_ticket_and_never_lose_one
        a_window_calls_by_the_full_call_order
        a_later_tier_is_called_only_while_the_earlier_is_empty
        a_window_has_one_ticket_at_a_time
        calling_with_completion_completes_in_the_same_step
        completion_happens_also_when_nobody_waits
        a_ticket_only_called_is_not_completed_by_calling_the_next
        a_paused_window_calls_nobody
        a_ticket_reserved_for_a_window_is_called_by_that_window_alone
        yesterdays_tickets_are_neither_called_nor_changed_nor_counted
        each_call_lets_one_pass_who_gave_up_places
        a_reserved_ticket_that_gave_up_places_is_passed_like_others
        a_window_that_serves_nothing_calls_nobody
        people_ahead_agree_with_the_call_order;
    life:
        a_transfer_keeps_the_number_and_the_waiting_time
        a_transfer_to_nowhere_is_refused
        each_kind_of_hold_resumes_where_it_may
        resuming_at_a_busy_window_is_refused
        recalls_keep_their_gap_and_their_limit
        a_ticket_is_missed_only_after_enough_recalls
        a_reactivated_ticket_waits_its_places
        more_time_is_granted_once
        a_resident_cancels_and_is_not_called
        each_change_is_recorded_with_actor_window_and_time
        a_refused_command_leaves_no_record
        concurrent_changes_of_one_ticket_happen_once
        an_unknown_ticket_is_unknown;
    day:
        the_day_lists_what_is_open_and_what_was_issued
        the_newest_call_of_each_ticket_comes_first
        figures_and_service_times_are_of_the_window_and_the_queue
        windows_show_who_sits_there_and_what_is_paused
        help_and_alerts_stay_until_somebody_sees_to_them
        every_change_is_told;
    staff:
        a_taken_window_is_taken_over_only_on_purpose
        a_session_past_its_end_takes_no_window
        signing_out_frees_the_window
        signing_in_opens_a_paused_window
        two_who_sign_in_at_once_do_not_share_a_window
        failed_sign_ins_count_until_one_succeeds
        an_enrolment_code_works_once_also_under_concurrency
        an_expired_code_does_not_work
        a_revoked_device_stays_revoked
        the_first_secret_stays_under_concurrency
        the_database_answers;
}
