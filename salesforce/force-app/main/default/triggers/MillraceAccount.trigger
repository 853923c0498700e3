/** Tells Millrace of every change of a Account. */
trigger MillraceAccount on Account(after insert, after update, after delete, after undelete) {
    MillraceChanges.announce(Trigger.operationType, Trigger.new, Trigger.oldMap);
}
