/** Tells Millrace of every change of a Contact. */
trigger MillraceContact on Contact(after insert, after update, after delete, after undelete) {
    MillraceChanges.announce(Trigger.operationType, Trigger.new, Trigger.oldMap);
}
