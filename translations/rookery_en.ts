<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en_US">
<context>
    <name>Actions</name>
    <message>
        <source>&amp;New chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starts an empty conversation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opens a model file or a saved state.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writes what the model remembers of this chat to a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Export chat…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writes the text of this chat to a Markdown file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Closes Rookery; chats are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes the last change back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Makes the change again that was taken back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moves the selected text to the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copies the selected text to the clipboard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inserts the clipboard&apos;s text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edits the selected message; the old text is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Delete chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moves the chat to the trash; can be undone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goes to the search field of the page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settin&amp;gs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the settings page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the conversations.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the model files of this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>M&amp;onitor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows memory, speed and rows over time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows what the program reports.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chat l&amp;ist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows or hides the list of chats.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Sampling panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows or hides how words are chosen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fold &amp;thinking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folds or unfolds all thinking blocks.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Makes all text larger.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom o&amp;ut</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Makes all text smaller.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normal si&amp;ze</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows text in its normal size.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Uses the whole screen, or goes back to a window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stops the answer; what is written stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Regenerate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers again; the earlier answer is kept beside it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goes on writing the last answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Previous alternative</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the alternative before this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Next alternative</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the alternative after this one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cop&amp;y last answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copies the last answer as Markdown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rena&amp;me chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gives the chat another title.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Write a message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goes to the field where messages are written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Load a model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goes to the models to choose one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the &amp;demonstration model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loads the small model that comes with Rookery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Eject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frees the memory of the loaded model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adds a folder that is searched for model files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Scan folders again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reads the model folders again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Reveal in files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opens the folder of the selected model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy &amp;report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copies the last 200 log lines, with paths shortened, for a problem report.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear &amp;log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Empties the log page; the log itself goes on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Search commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finds every command by name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lists every shortcut.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;About Rookery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows version and licence.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remo&amp;ve from list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes a single file off the list; the file stays where it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom i&amp;n</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open in &amp;chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loads the selected model and starts a chat with it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;onvert…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writes the selected model in another format.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;tates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the memories that a chat can start from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ada&amp;pters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the adapters and which of them change the loaded model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mi&amp;xer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the mixer: several states that answer together.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixe&amp;r beside the chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows or hides the mixer beside the chat.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour &amp;by voice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours answers of a mix by the voice that said each word.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ser&amp;ver</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the server: how other programs use the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save state…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ErrorTexts</name>
    <message>
        <source>The file is not there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Was it moved or renamed? Choose it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check its permissions and that its disk is connected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is damaged or incomplete.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download or copy it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not a model file that Rookery knows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This kind of model cannot be run yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model&apos;s tensors do not fit together.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file was probably converted wrongly. Get it from its source again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vocabulary of this model was not found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the vocabulary file, or put it beside the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vocabulary file is damaged or belongs to another model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another vocabulary file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The device cannot be used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another device; the log says why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The device stopped working.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your text is safe. Load the model again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use fewer slots or a smaller precision, or close other programs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load one first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A value is out of its range.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the value and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too many requests are waiting.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again when some have finished.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The saved state does not fit the loaded model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the model that it was made with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file could not be written; what was there before is untouched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check free space and permissions, or choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong inside Rookery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Please report it with the log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose vocabulary…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use fewer slots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another RWKV model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This strategy is not possible.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the underlined word, or choose a precision.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a .pth, .safetensors, .gguf, .st or .bin file of an RWKV model.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Extras</name>
    <message>
        <source>…</source>
        <comment>not known yet whether the file fits the model</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>○ does not fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>– no model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>⚠ unreadable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved here</source>
        <comment>a state that Rookery saved</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tuned</source>
        <comment>a trained initial state</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Snapshot</source>
        <comment>a state of another program</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, rank %2</source>
        <comment>kind of adapter</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, ranks %2 to %3</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FixTexts</name>
    <message numerus="yes">
        <source>Use %n slots: saves %1</source>
        <translation>
            <numerusform>Use %n slot: saves %1</numerusform>
            <numerusform>Use %n slots: saves %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Use “%1”: saves %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs that hold %1, or choose a smaller model.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Rookery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&lt;b&gt;Rookery %1&lt;/b&gt;&lt;br&gt;A workbench for RWKV language models.&lt;br&gt;&lt;br&gt;Free software under the GNU General Public License, version 3 or later.&lt;br&gt;It sends nothing anywhere.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Memory</name>
    <message>
        <source>Weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>States</source>
        <comment>recurrent states of the sequences</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prefix cache</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other programs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free</source>
        <comment>unused memory</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>…</source>
        <comment>not known yet whether the model fits into memory</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>◐ tight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>○ too big</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>⚠ unreadable</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>⚠ no vocabulary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>⚠ unsupported</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageDocument</name>
    <message>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>code</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MessageRow</name>
    <message numerus="yes">
        <source>%Ln tok</source>
        <translation>
            <numerusform>%Ln tok</numerusform>
            <numerusform>%Ln tok</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped at the token limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stop: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Regenerate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Continue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fork: new chat from here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous alternative</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next alternative</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide the thinking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy thinking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>first %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thinking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thinking…  %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thought for %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thought</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading %1 of %2 tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mix: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 %2 %</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Mix</name>
    <message>
        <source>%1 %2</source>
        <comment>a voice and its gate</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Units</name>
    <message>
        <source>%1 of %2 %3</source>
        <comment>4.2 of 15.6 GB</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 K</source>
        <comment>thousands</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 M</source>
        <comment>millions</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 B</source>
        <comment>thousand millions</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <comment>tokens per second</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <comment>seconds</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 %</source>
        <comment>percent</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>unknown</source>
        <comment>model family</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading weights</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the vocabulary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allocating memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warming up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 W</source>
        <comment>watts</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::Actions</name>
    <message>
        <source>%1 (%2)</source>
        <comment>what an action does (its shortcut)</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;State</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::AdapterOptions</name>
    <message>
        <source>As the file says (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the file says, else the rank</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The change is multiplied by alpha / rank.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the file, or none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Initial factors of PiSSA</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file with the factors that a PiSSA adapter began with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PiSSA start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As shape and name tell</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blocks of Bone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether the blocks of a Bone adapter go with inputs or with outputs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the initial factors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PyTorch and safetensors files (*.pth *.pt *.safetensors)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::AdapterRack</name>
    <message>
        <source>Add adapter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adds an adapter behind the others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scale of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much of its change is added: 1 as it was trained, 0 nothing, below 0 away from it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apply %1 earlier</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apply %1 later</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take %1 off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an adapter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adapters (*.pth *.safetensors)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Options of %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::AdaptersPage</name>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n matrices</source>
        <translation>
            <numerusform>%n matrix</numerusform>
            <numerusform>%n matrices</numerusform>
        </translation>
    </message>
    <message>
        <source>Replaces</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n tensors</source>
        <translation>
            <numerusform>%n tensor</numerusform>
            <numerusform>%n tensors</numerusform>
        </translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Container</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An adapter is a small file that changes what a model has learned: LoRA, DoRA, PiSSA, Bone.

Add a folder with adapters, or put them beside your models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the loaded model, in this order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Applying adapters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apply</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it is in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the adapters that are in use again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reveal in files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opens the folder of the selected adapter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Applied, with something to know.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The adapters could not be applied; what was in use stays in use.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an adapter on the left to see what it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model to see whether it can use this adapter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No adapter is in use.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In use: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tick adapters in the list, or add one here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not applied yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Applying…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These adapters are in use already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes the loaded model without loading it again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::AuditionView</name>
    <message>
        <source>States that answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tick the states that shall answer (Space).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A line that all of them answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probe line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell me about geese.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model from its empty memory, to compare with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ticked, at most %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n ticked</source>
        <comment>states</comment>
        <translation>
            <numerusform>%n ticked</numerusform>
            <numerusform>%n ticked</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tick a state first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All that are ticked answer the line side by side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L) to hear what its states say.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tick states on the left and write a line.
All of them answer it here at once, with the same seed.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::BlendView</name>
    <message>
        <source>How much of B each layer has: drag the points, or use the arrow keys.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State A</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of B in all layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0 is A, 1 is B; sets all layers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A</source>
        <comment>the first of two states</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>B</source>
        <comment>the second of two states</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A line that A, the blend and B answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probe line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell me about geese.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bake to state…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two states are needed; add a folder with states.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose two states.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2 layers, %3 heads of %4 channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, with token shifts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These two are not of one shape. %1; %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mean %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A, the blend and B answer the line side by side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Baking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writes the blend into a file that chats can begin from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A blend is an experiment: listen before you bake it.
A, the blend and B will answer the line here, side by side.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L) to hear the blend before you bake it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of the way from %2 to %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From %1 to %2 by layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bake to state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tuned states (*.pth)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Baked into %1, %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a chat</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ChatController</name>
    <message numerus="yes">
        <source>Memory of %n token(s), from %1</source>
        <translation>
            <numerusform>Memory of %n token, from %1</numerusform>
            <numerusform>Memory of %n tokens, from %1</numerusform>
        </translation>
    </message>
    <message>
        <source>“%1” was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>edited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (fork)</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n message(s) deleted.</source>
        <translation>
            <numerusform>%n message deleted.</numerusform>
            <numerusform>%n messages deleted.</numerusform>
        </translation>
    </message>
    <message>
        <source>You</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ChatListModel</name>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Older</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ChatListView</name>
    <message>
        <source>Chats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter chats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starts an empty conversation (Ctrl+N)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ChatPage</name>
    <message>
        <source>The state was saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chats cannot be saved at the moment. It will be tried again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chats are saved again; nothing is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This chat cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>own values</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model to answer (Ctrl+L). You can still write; it will wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for the model · %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening the state…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for a model. The message is answered when one is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This chat has no messages yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is being written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An answer is being written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The message has no alternatives.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rookery closed unexpectedly. Nothing is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file of chats was damaged. It was put aside and a new one was begun.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chats were written by a newer Rookery and were left as they are. Chats of this session are not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chats can be read but not changed. Chats of this session are not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chats cannot be opened. Chats of this session are not saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>States (*.rwkvstate)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file could not be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A part of a chat could not be saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to the chats first (Alt+1).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is the memory that the chat began with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was answered yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This chat begins from the state “%1”, which cannot be opened. Choose another one above, or go on without it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on without it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::CommandPalette</name>
    <message>
        <source>Search commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type the name of a command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of a command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No command has these words.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::Composer</name>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the queued message back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the queued message back (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queued: “%1” · sends when the answer is done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stops the answer; what is written stays (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sends the message (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter queues</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter sends</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift+Enter: new line</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%Ln tok</source>
        <translation>
            <numerusform>%Ln tok</numerusform>
            <numerusform>%Ln tok</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gui::ContextBar</name>
    <message>
        <source>The model in use. Click to load or eject one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading %1</source>
        <comment>percent</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rookery uses %1; all programs together %2.
Click for the monitor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n adapters</source>
        <translation>
            <numerusform>%n adapter</numerusform>
            <numerusform>%n adapters</numerusform>
        </translation>
    </message>
    <message>
        <source>Adapters: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ConvertDialog</name>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>safetensors (BlinkDL&apos;s names)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PyTorch .pth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>GGUF, for llama.cpp</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Converting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Number format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Write to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As in the file (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the model to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for its turn…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Written: %n tensors, %1.</source>
        <translation>
            <numerusform>Written: %n tensor, %1.</numerusform>
            <numerusform>Written: %n tensors, %1.</numerusform>
        </translation>
    </message>
    <message>
        <source>The model could not be converted; nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::DeviceBars</name>
    <message>
        <source>%1: needs %2 of %3 free</source>
        <comment>a device</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::DeviceChoice</name>
    <message>
        <source>several</source>
        <comment>devices</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::DeviceList</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <comment>memory</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look again what there is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot be used: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::DevicePlots</name>
    <message>
        <source>Processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Activity</source>
        <comment>how busy a device is</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Utilisation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Power</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: utilisation and power are not known. %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2 in use; %3 of it by Rookery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 busy</source>
        <comment>70 % busy</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>power</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 °C</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::EmptyChat</name>
    <message>
        <source>Who are you?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which birds do you know?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>3 + 4 = ?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sends this question</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goes to the models to choose one (Ctrl+L)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the demonstration model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loads the small model that comes with Rookery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What would you like to talk about?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A model is being loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 You can write already; it will wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load one to chat. You can write already; it will wait.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where do I see how much memory is used?</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::EntryList</name>
    <message>
        <source>Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes the entry out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copies the entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adds what was typed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ExtraDetails</name>
    <message>
        <source>File size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>comes with Rookery</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ExtraListModel</name>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Family</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Matrices</source>
        <comment>how many of the model it changes</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit</source>
        <comment>whether the file can be used with the loaded model</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ExtraTable</name>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stops scanning; what was found stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter by name or kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only what fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows only what can be used with the loaded model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>States</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Scanning… %n found</source>
        <translation>
            <numerusform>Scanning… %n found</numerusform>
            <numerusform>Scanning… %n found</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing in the list matches the filter.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::FixList</name>
    <message>
        <source>Changes the choice above; the forecast follows.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::HeatMap</name>
    <message>
        <source>Norm of each layer and head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer %1, head %2: %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most in: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Norm</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::LayerBar</name>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head: %1 on %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer %1: %2 on %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>copied for each use</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::LayerCurve</name>
    <message>
        <source>Share of B by layer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer %1: %2 of B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::LayerEditor</name>
    <message>
        <source>Select layers with the mouse or with arrow keys and Shift; the last cell is the head.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision of the selected layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision of the selected layers; the keys 1 to 9 choose it in the bar.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>several</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device of the selected layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Low-rank factors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Channel mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision of this part in the whole model; automatic keeps small but sensitive parts in 16 bits or more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers are shown when the strategy has no error.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All layers and the head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers from %1, and the head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers %1 to %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::LibraryPage</name>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>States</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memories that a chat can start from.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Small files that change the loaded model.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::LiveRequestModel</name>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <comment>address of a client</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::LoadAdvanced</name>
    <message>
        <source>Advanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows what few models need.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head norm epsilon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As trained (mostly 64 × 10⁻⁵)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Epsilon of the norm behind every head. Change it only for a model that was trained with another one and does not say so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Context</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Head norm epsilon</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As in the file (%1 tokens)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many tokens the attention of this hybrid keeps, 16 to 1,048,576. A chat that outgrows them ends. Each token that a text has read takes memory.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::LoadPanel</name>
    <message>
        <source>Load</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Eject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As in the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number format in which the weights are kept in memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many texts can be written at the same time. Each takes memory for its state.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The vocabulary file; empty: the one beside the model, else the one of Rookery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a vocabulary file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Slots</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Vocabulary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loads the model with these choices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stops loading; the model before stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frees the memory of the loaded model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As in the file (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none found – choose one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs %1 of %2 free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>◐ Tight: needs %1 of %2 free; another program may push it out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>○ Too big: needs %1, only %2 are free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2 …</source>
        <comment>model name: phase of loading</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1/s</source>
        <comment>bytes per second</comment>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>no progress for %n s</source>
        <translation>
            <numerusform>no progress for %n s</numerusform>
            <numerusform>no progress for %n s</numerusform>
        </translation>
    </message>
    <message>
        <source>Load again</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Loaded as %1 with %n slots in %2.</source>
        <translation>
            <numerusform>Loaded as %1 with %n slot in %2.</numerusform>
            <numerusform>Loaded as %1 with %n slots in %2.</numerusform>
        </translation>
    </message>
    <message>
        <source>Actual memory %1 (forecast %2).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Actual memory %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Each text takes up to %1 more as it grows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vocabulary files (*.txt)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a vocabulary file first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the strategy says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where each layer runs and in which precision, such as “cpu fp32 *3 -&gt; cpu bf16”: three layers in fp32, the others in bf16.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;trategy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct the strategy first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the layers, to choose device and precision of each.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Adapters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strategy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the model runs; the settings tell more of each device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::LogModel</name>
    <message>
        <source>Trace</source>
        <comment>level of a log line</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Debug</source>
        <comment>level of a log line</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Info</source>
        <comment>level of a log line</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warning</source>
        <comment>level of a log line</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error</source>
        <comment>level of a log line</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Critical</source>
        <comment>level of a log line</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Area</source>
        <comment>part of the program that wrote a log line</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::LogPage</name>
    <message>
        <source>Log lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Least level shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows lines of this level and above.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Follow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeps the newest line in view.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was reported yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No line matches the filter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MainWindow</name>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to take back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was taken back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No text field has the focus.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no text to copy here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models and states (*.pth *.safetensors *.gguf *.st *.bin *.rwkvstate)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MessageBar</name>
    <message>
        <source>Close this message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MessageEditor</name>
    <message>
        <source>Text of the message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The earlier text is kept as another branch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The earlier answer is kept as another branch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Esc</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MixChip</name>
    <message>
        <source>No mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mix: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mix: none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>These states answer together: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Several states can answer together; choose a mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This mix: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Example: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the mixer</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MixDesk</name>
    <message>
        <source>It does not fit the model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Base</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model without a state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” cannot be a voice: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pirate and poet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MixerLanePanel</name>
    <message>
        <source>Lanes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of each voice in this answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the last change of the lane back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the lane as it was played</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re-run from here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers again with the same seed: as in the lane up to the playhead, then with the faders as they are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re-run with this lane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers again with the same seed and this lane; the answer before is kept beside it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re-run</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep this lane in the mix: its next answers follow it, and it is saved with it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MixerLanes</name>
    <message>
        <source>Gates over the answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n point(s), playhead at token %1 of %2</source>
        <translation>
            <numerusform>%n point, playhead at token %1 of %2</numerusform>
            <numerusform>%n points, playhead at token %1 of %2</numerusform>
        </translation>
    </message>
    <message>
        <source>Token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At token %1 the sum of the gates would be too small.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The first point says how the answer begins; it can be moved, not removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a point here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold until the next point</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Straight line to the next point</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove this point</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Playhead here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token %1: “%2”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: gate %2, share %3 %, KL %4</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MixerMeter</name>
    <message>
        <source>Share of this voice in the newest words: its gate times its probability of what was written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far this voice is from what was sampled, in nats (KL divergence)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share –</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share %1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KL –</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>KL %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MixerModel</name>
    <message>
        <source>The model without a state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Voice %1, gate %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At least one voice must be heard: the sum of the gates cannot be 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Beside a negative gate the sum stays at %1 or more; less would only amplify noise.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only a blend of logits can steer away from a voice.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A voice alone needs a gate above 0 and no mute.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probabilities cannot be subtracted: negative gates became 0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” is a voice already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>A mix has at most %n voice(s).</source>
        <translation>
            <numerusform>A mix has at most %n voice.</numerusform>
            <numerusform>A mix has at most %n voices.</numerusform>
        </translation>
    </message>
    <message>
        <source>This lane is not for these voices and this blend.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The lane was for other voices or another blend; it was taken out of the mix.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MixerPage</name>
    <message>
        <source>Ask something: the answer is written here, and the faders are heard from the next word on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Say something to the mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Send to the mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for a model. The message is answered when one is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening the states…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows what the mix would say next; the text is read for it beforehand.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MixerPanel</name>
    <message>
        <source>Mixer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mixes cannot be saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Σg = %1</source>
        <comment>sum of the gates</comment>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
    <message>
        <source>Every voice takes a row of the model and the memory of one state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” cannot be used with this model: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded. The mix can be set up already; it is heard when one is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>The mix needs %n row(s).</source>
        <translation>
            <numerusform>The mix needs %n row.</numerusform>
            <numerusform>The mix needs %n rows.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The model was loaded with %n; load it with more.</source>
        <translation>
            <numerusform>The model was loaded with %n; load it with more.</numerusform>
            <numerusform>The model was loaded with %n; load it with more.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n is free at the moment; the answer waits for more.</source>
        <translation>
            <numerusform>%n is free at the moment; the answer waits for more.</numerusform>
            <numerusform>%n are free at the moment; the answer waits for more.</numerusform>
        </translation>
    </message>
    <message>
        <source>This holds from the next answer on; only gates move while one is written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is a voice already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is another mix with the name “%1”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the saved mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as RWKV-Infer request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The request was copied; it is the body of /mrss_loadstatemodel.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The request was copied; RWKV-Infer blends logits, not probabilities.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove all voices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer with this mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether the current chat answers with this mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take the last change of the mix back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make the change of the mix again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeps this mix under a name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More for this mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Σ g l / Σ g, as RWKV-Infer does; negative gates steer away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Σ g p / Σ g; no gate may be negative</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How the voices become one: logits (as RWKV-Infer does, with negative gates) or probabilities</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blend</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sum of the gates that are heard; the blend is divided by it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normalise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scales the gates to the sum 1; what is heard stays the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gates as set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Surest is louder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Least hesitant is louder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Outliers are quieter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gates can follow the voices at every token; the faders stay where they are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gate policy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How strongly the gates follow, from −10 to 10; below 0 the reverse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Strength of the gate policy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add voice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adds a state, or the base, as a further voice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load example mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The state that this chat begins from is not used while the mix answers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop states here. Each becomes a voice; the faders set how much each one says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answers follow the lane of this mix until a fader is moved. Takes the lane out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Lane: %n point(s)</source>
        <translation>
            <numerusform>Lane: %n point</numerusform>
            <numerusform>Lane: %n points</numerusform>
        </translation>
    </message>
    <message>
        <source>Take the lane out of the mix</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MixerStrip</name>
    <message>
        <source>Gate of this voice; a click lets you type it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gate of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In hundredths, from −100 to 200</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How much this voice says, from −1 to 2. Arrows and wheel 0.01, with Shift 0.1; 0 silences it; M mutes, S plays it alone; a double click lets you type.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>M</source>
        <comment>mute button of a mixer</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mute %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Silences this voice; its gate stays (M)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S</source>
        <comment>solo button of a mixer</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Solo %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only voices with S are heard (S)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More for %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move or remove this voice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model without a state; always the last voice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gate of %1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to the left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move to the right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove this voice</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ModelListModel</name>
    <message>
        <source>Needs %1; %2 are free.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Family</source>
        <comment>of models, such as RWKV-7</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dtype</source>
        <comment>number format of the weights</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit</source>
        <comment>whether the model fits into memory</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ModelsPage</name>
    <message numerus="yes">
        <source>Scanning… %n found</source>
        <translation>
            <numerusform>Scanning… %n found</numerusform>
            <numerusform>Scanning… %n found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model folder(s) are not there.</source>
        <translation>
            <numerusform>%n model folder is not there.</numerusform>
            <numerusform>%n model folders are not there.</numerusform>
        </translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select a model first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a folder with models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stops scanning; what was found stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter by name, family, dtype</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter the models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter, such as blocks.12.att</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter the tensors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a model on the left to see what it is and to load it.

Drop model files or folders anywhere in this window to add them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 parameters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Heads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hidden width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory of one text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vocabulary file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Container</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>comes with Rookery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model comes with Rookery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only files that were opened one by one can be removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model files (*.pth *.safetensors *.gguf *.st *.bin)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This model cannot be loaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model in “%1”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder stays in the list: models that are put there appear by themselves.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::MonitorPage</name>
    <message>
        <source>Speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generated</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read</source>
        <comment>prompt tokens that were read</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows</source>
        <comment>texts that are written at the same time</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Generating</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queued</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>60 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>10 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows the last %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model is loaded; speed and rows begin with the first one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 generated, %2 read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>busy rows</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 generating, %2 reading, %3 queued; %4 slots.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plots</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::NextTokenTable</name>
    <message>
        <source>Next token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the mix would say next, before sampling: how probable each token is in the blend and to each voice alone. It follows the faders.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type something below: what the mix would begin its answer with is shown here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mix</source>
        <comment>the blend of all voices</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>#%1</source>
        <comment>a token&apos;s number</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::PlotView</name>
    <message>
        <source>now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 min</source>
        <comment>minutes</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <comment>seconds</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::Presets</name>
    <message>
        <source>Balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Creative</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ProbeColumns</name>
    <message>
        <source>Opening…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Writing… %n token(s)</source>
        <translation>
            <numerusform>Writing… %n token</numerusform>
            <numerusform>Writing… %n tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Done, %n token(s)</source>
        <translation>
            <numerusform>Done, %n token</numerusform>
            <numerusform>Done, %n tokens</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Could not answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use in a chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bake the blend into a file first; then it can begin chats.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begins a new chat.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begins a new chat from this state.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::RequestLogModel</name>
    <message>
        <source>The client left before its answer was complete.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not HTTP</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Status</source>
        <comment>of an HTTP answer: 200, 404</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Took</source>
        <comment>how long an answer took</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From</source>
        <comment>address of a client</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Request</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::SamplingPanel</name>
    <message>
        <source>Sampling</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A named set of the values below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save as preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saves the values below under a name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deletes the chosen preset; those that come with Rookery stay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to what the preset says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choice of words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>0 = always the likeliest word; above 1 = bolder. 0 to 10, no unit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the likeliest words that together have this share of the probability. 0 to 1; 1 = off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only so many of the likeliest words. A count; 0 = off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drops words less likely than this share of the likeliest. 0 to 1; 0 = off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Typical-p</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keeps the words of typical surprise that together have this share. 0 to 1; 1 = off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Against repetition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Presence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taken once from words that were used. −10 to 10, in logits; 0 = off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Frequency</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Taken for every use of a word. −10 to 10, in logits; 0 = off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repetition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Divides the logits of words that were used. 0.01 to 10, a factor; 1 = off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How fast uses are forgotten: a factor per token. 0 to 1; 1 = never.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fixed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Seed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The same seed gives the same answer again. A whole number; not fixed = a new one each time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where an answer is cut off, in tokens.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> tok</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Short</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether a reasoning model thinks before it answers. Other models ignore it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>World</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Raw</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How messages become a prompt. Automatic: by the model&apos;s name. Raw: the text as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>e.g. \n\nUser | END</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texts that end the answer, at most 16, separated by |. \n is a line break.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the model should know or be in this chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stands before the conversation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (changed)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This name cannot be used: it is empty or belongs to a preset that comes with Rookery.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Own values</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ServerForm</name>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who can reach the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Local network (%1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Port</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where programs find the server: the number behind the colon of its address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn on when Rookery starts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For other computers only at an address that was turned on before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for a key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Programs must know the key. Other computers always need it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made at the first start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows or hides the key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copies the key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New</source>
        <comment>make a new key</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Makes another key; programs that know the old one are refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Limits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texts that are written at once, of models that requests load. A model that the window loaded keeps its own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requests that may wait for a row; more are told to come again later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Request size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> MiB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger requests are refused.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders that requests may use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requests may load the models beneath it, by name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>States</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requests may load and save the states beneath it, by name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requests may use the adapters beneath it, by name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None</source>
        <comment>no folder</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Chooses the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys of single programs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name of a program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A key of its own for a program: it can be taken away without the others noticing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Web pages that may call</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages of this origin may use the server from a browser; no others can. Scheme, name and port, as browsers write them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” is no origin: expected http:// or https://, a name and perhaps a port.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ServerHost</name>
    <message>
        <source>“%1” has a key already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>There can be at most %n key(s).</source>
        <translation>
            <numerusform>There can be at most %n key.</numerusform>
            <numerusform>There can be at most %n keys.</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 cannot be written.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::ServerPage</name>
    <message>
        <source>Server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lets other programs use the model over HTTP: the interface of OpenAI and that of RWKV-Infer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy as curl</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A question for a terminal; the key, if one is asked for, is in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answering now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ends the selected request; its program is told.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answered</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Empties the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other computers will be able to use this server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>○ Off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>◐ Starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● On</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>● On, answering %n request(s)</source>
        <translation>
            <numerusform>● On, answering %n request</numerusform>
            <numerusform>● On, answering %n requests</numerusform>
        </translation>
    </message>
    <message>
        <source>◐ Stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>◐ Finishing %n request(s)</source>
        <translation>
            <numerusform>◐ Finishing %n request</numerusform>
            <numerusform>◐ Finishing %n requests</numerusform>
        </translation>
    </message>
    <message>
        <source>○ Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server could not start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Port %1 is used by another program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use %1</source>
        <comment>a port</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody asks for anything right now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server is off.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Requests are listed here: when, what, how they ended. Never their keys or texts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copies the address, for programs that ask for a base URL.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever knows the key can make it answer and, in the allowed folders, load and save. What they send is not encrypted on its way.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::SettingsPage</name>
    <message>
        <source>No setting matches.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shows only settings that differ from their default.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light, dark, or as the desktop says.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Of menus, pages and messages.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also with Ctrl + and Ctrl −.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Searched for model files, besides %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saves a click if you always use the same model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the model of last time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processors that compute.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One per processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prefix cache</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory for what was read before, so that the next question in a chat starts at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source> MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes effect when Rookery starts next time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back to the default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: back to the default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes the folder off the list; its files stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Devices</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::StateChip</name>
    <message>
        <source>Empty memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the model remembers before the first message. A change counts from the next answer on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The chat begins from: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model knows nothing of any chat.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All states</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>States (*.rwkvstate *.pth *.safetensors *.st)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::StateFiles</name>
    <message>
        <source>%1 could not be renamed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“%1” is not a name for a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is there already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no trash for this folder; nothing was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 could not be deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The change could not be taken back.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::StatesPage</name>
    <message>
        <source>key, value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value, key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Family</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Heads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 of %2 channels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Matrices stored as</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Token-shift vectors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>start at zero</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Offsets</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Layout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Container</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A state is a model&apos;s memory in a file. Tuned ones change how it answers.

Save one from a chat (Ctrl+Shift+S), or add a folder with states.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start a chat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reveal in files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opens the folder of the selected state.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a state on the left to see what it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model to see whether it can start from this state.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Begins a new chat from this state.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The loaded model cannot start from this state.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What each state is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blend two</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A state between two others.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One line, answered by several states.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Norms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Renamed %1 to %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is in the trash.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New name of the file:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This state comes with Rookery and stays as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another name for the file, in the same folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moves the file to the trash.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Norm of each layer and head, %1 in all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which index of its matrices comes first. Change it when a state of another program says nothing but nonsense: it may be transposed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the file says</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the model has them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the file says: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::StatusStrip</name>
    <message>
        <source>What the engine does. Click for the models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Texts that are written now, of those possible at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tokens written per second, all texts together.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory that Rookery uses.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warnings and errors not looked at yet. Click for the log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>○ No model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>◐ Loading %1 · %2</source>
        <comment>percent, phase</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● Generating</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>◑ Reading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n row(s)</source>
        <translation>
            <numerusform>%1 of %n row</numerusform>
            <numerusform>%1 of %n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n queued</source>
        <translation>
            <numerusform>%n queued</numerusform>
            <numerusform>%n queued</numerusform>
        </translation>
    </message>
    <message>
        <source>Memory %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s)</source>
        <translation>
            <numerusform>%n problem</numerusform>
            <numerusform>%n problems</numerusform>
        </translation>
    </message>
    <message>
        <source>What changes the loaded model. Click for the adapters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>◐ Applying adapters</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adapters: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other programs can use the model. Click for the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● Server open to the network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>● Server</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::TensorListModel</name>
    <message>
        <source>%1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dtype</source>
        <comment>number format of the weights</comment>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share</source>
        <comment>of the whole file</comment>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::TranscriptModel</name>
    <message>
        <source>You: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory: %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>gui::TranscriptView</name>
    <message>
        <source>Copied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy selection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy link address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Goes to the end of the conversation</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>↓ %n new token(s)</source>
        <translation>
            <numerusform>↓ %n new token</numerusform>
            <numerusform>↓ %n new tokens</numerusform>
        </translation>
    </message>
</context>
</TS>
