<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en_US">
<context>
    <name>Actions</name>
    <message>
        <source>&amp;New chat</source>
        <translation>新しいチャット(&amp;N)</translation>
    </message>
    <message>
        <source>Starts an empty conversation.</source>
        <translation>空の会話を始めます。</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>開く(&amp;O)…</translation>
    </message>
    <message>
        <source>Opens a model file or a saved state.</source>
        <translation>モデルファイルまたは保存した状態を開きます。</translation>
    </message>
    <message>
        <source>Writes what the model remembers of this chat to a file.</source>
        <translation>このチャットについてモデルが覚えていることをファイルに書き出します。</translation>
    </message>
    <message>
        <source>&amp;Export chat…</source>
        <translation>チャットを書き出す(&amp;E)…</translation>
    </message>
    <message>
        <source>Writes the text of this chat to a Markdown file.</source>
        <translation>このチャットの文章を Markdown ファイルに書き出します。</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>終了(&amp;Q)</translation>
    </message>
    <message>
        <source>Closes Rookery; chats are kept.</source>
        <translation>Rookery を閉じます。チャットは残ります。</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>元に戻す(&amp;U)</translation>
    </message>
    <message>
        <source>Takes the last change back.</source>
        <translation>直前の変更を取り消します。</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>やり直す(&amp;R)</translation>
    </message>
    <message>
        <source>Makes the change again that was taken back.</source>
        <translation>取り消した変更をもう一度行います。</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>切り取り(&amp;T)</translation>
    </message>
    <message>
        <source>Moves the selected text to the clipboard.</source>
        <translation>選択した文字をクリップボードに移します。</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>コピー(&amp;C)</translation>
    </message>
    <message>
        <source>Copies the selected text to the clipboard.</source>
        <translation>選択した文字をクリップボードにコピーします。</translation>
    </message>
    <message>
        <source>&amp;Paste</source>
        <translation>貼り付け(&amp;P)</translation>
    </message>
    <message>
        <source>Inserts the clipboard&apos;s text.</source>
        <translation>クリップボードの文字を挿入します。</translation>
    </message>
    <message>
        <source>&amp;Edit message</source>
        <translation>メッセージを編集(&amp;E)</translation>
    </message>
    <message>
        <source>Edits the selected message; the old text is kept.</source>
        <translation>選択したメッセージを編集します。元の文章は残ります。</translation>
    </message>
    <message>
        <source>&amp;Delete chat</source>
        <translation>チャットを削除(&amp;D)</translation>
    </message>
    <message>
        <source>Moves the chat to the trash; can be undone.</source>
        <translation>チャットをごみ箱に移します。元に戻せます。</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>検索(&amp;F)</translation>
    </message>
    <message>
        <source>Goes to the search field of the page.</source>
        <translation>このページの検索欄に移ります。</translation>
    </message>
    <message>
        <source>Settin&amp;gs</source>
        <translation>設定(&amp;G)</translation>
    </message>
    <message>
        <source>Shows the settings page.</source>
        <translation>設定ページを表示します。</translation>
    </message>
    <message>
        <source>&amp;Chat</source>
        <translation>チャット(&amp;C)</translation>
    </message>
    <message>
        <source>Shows the conversations.</source>
        <translation>会話を表示します。</translation>
    </message>
    <message>
        <source>&amp;Models</source>
        <translation>モデル(&amp;M)</translation>
    </message>
    <message>
        <source>Shows the model files of this computer.</source>
        <translation>このコンピューターのモデルファイルを表示します。</translation>
    </message>
    <message>
        <source>M&amp;onitor</source>
        <translation>モニター(&amp;O)</translation>
    </message>
    <message>
        <source>Shows memory, speed and rows over time.</source>
        <translation>メモリ、速度、行数の推移を表示します。</translation>
    </message>
    <message>
        <source>&amp;Log</source>
        <translation>ログ(&amp;L)</translation>
    </message>
    <message>
        <source>Shows what the program reports.</source>
        <translation>プログラムの報告を表示します。</translation>
    </message>
    <message>
        <source>Chat l&amp;ist</source>
        <translation>チャット一覧(&amp;I)</translation>
    </message>
    <message>
        <source>Shows or hides the list of chats.</source>
        <translation>チャットの一覧を表示または隠します。</translation>
    </message>
    <message>
        <source>&amp;Sampling panel</source>
        <translation>サンプリングパネル(&amp;S)</translation>
    </message>
    <message>
        <source>Shows or hides how words are chosen.</source>
        <translation>言葉の選び方を表示または隠します。</translation>
    </message>
    <message>
        <source>Fold &amp;thinking</source>
        <translation>思考を折りたたむ(&amp;T)</translation>
    </message>
    <message>
        <source>Folds or unfolds all thinking blocks.</source>
        <translation>すべての思考ブロックを折りたたむか開きます。</translation>
    </message>
    <message>
        <source>Makes all text larger.</source>
        <translation>すべての文字を大きくします。</translation>
    </message>
    <message>
        <source>Zoom o&amp;ut</source>
        <translation>縮小(&amp;U)</translation>
    </message>
    <message>
        <source>Makes all text smaller.</source>
        <translation>すべての文字を小さくします。</translation>
    </message>
    <message>
        <source>Normal si&amp;ze</source>
        <translation>標準サイズ(&amp;Z)</translation>
    </message>
    <message>
        <source>Shows text in its normal size.</source>
        <translation>文字を標準の大きさで表示します。</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>全画面(&amp;F)</translation>
    </message>
    <message>
        <source>Uses the whole screen, or goes back to a window.</source>
        <translation>画面全体を使うか、ウィンドウに戻します。</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>停止(&amp;S)</translation>
    </message>
    <message>
        <source>Stops the answer; what is written stays.</source>
        <translation>回答を止めます。書かれた分は残ります。</translation>
    </message>
    <message>
        <source>&amp;Regenerate</source>
        <translation>再生成(&amp;R)</translation>
    </message>
    <message>
        <source>Answers again; the earlier answer is kept beside it.</source>
        <translation>もう一度答えます。前の回答も残ります。</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>続ける(&amp;C)</translation>
    </message>
    <message>
        <source>Goes on writing the last answer.</source>
        <translation>最後の回答の続きを書きます。</translation>
    </message>
    <message>
        <source>&amp;Previous alternative</source>
        <translation>前の候補(&amp;P)</translation>
    </message>
    <message>
        <source>Shows the alternative before this one.</source>
        <translation>一つ前の候補を表示します。</translation>
    </message>
    <message>
        <source>&amp;Next alternative</source>
        <translation>次の候補(&amp;N)</translation>
    </message>
    <message>
        <source>Shows the alternative after this one.</source>
        <translation>一つ後の候補を表示します。</translation>
    </message>
    <message>
        <source>Cop&amp;y last answer</source>
        <translation>最後の回答をコピー(&amp;Y)</translation>
    </message>
    <message>
        <source>Copies the last answer as Markdown.</source>
        <translation>最後の回答を Markdown でコピーします。</translation>
    </message>
    <message>
        <source>Rena&amp;me chat</source>
        <translation>チャット名を変更(&amp;M)</translation>
    </message>
    <message>
        <source>Gives the chat another title.</source>
        <translation>チャットに別の題名を付けます。</translation>
    </message>
    <message>
        <source>&amp;Write a message</source>
        <translation>メッセージを書く(&amp;W)</translation>
    </message>
    <message>
        <source>Goes to the field where messages are written.</source>
        <translation>メッセージを書く欄に移ります。</translation>
    </message>
    <message>
        <source>&amp;Load a model…</source>
        <translation>モデルを読み込む(&amp;L)…</translation>
    </message>
    <message>
        <source>Goes to the models to choose one.</source>
        <translation>モデルのページで選びます。</translation>
    </message>
    <message>
        <source>Load the &amp;demonstration model</source>
        <translation>デモモデルを読み込む(&amp;D)</translation>
    </message>
    <message>
        <source>Loads the small model that comes with Rookery.</source>
        <translation>Rookery に付属する小さなモデルを読み込みます。</translation>
    </message>
    <message>
        <source>&amp;Eject</source>
        <translation>取り出す(&amp;E)</translation>
    </message>
    <message>
        <source>Frees the memory of the loaded model.</source>
        <translation>読み込んだモデルのメモリを解放します。</translation>
    </message>
    <message>
        <source>&amp;Add folder…</source>
        <translation>フォルダーを追加(&amp;A)…</translation>
    </message>
    <message>
        <source>Adds a folder that is searched for model files.</source>
        <translation>モデルファイルを探すフォルダーを追加します。</translation>
    </message>
    <message>
        <source>&amp;Scan folders again</source>
        <translation>フォルダーを再スキャン(&amp;S)</translation>
    </message>
    <message>
        <source>Reads the model folders again.</source>
        <translation>モデルのフォルダーを読み直します。</translation>
    </message>
    <message>
        <source>&amp;Reveal in files</source>
        <translation>ファイルマネージャーで表示(&amp;R)</translation>
    </message>
    <message>
        <source>Opens the folder of the selected model.</source>
        <translation>選択したモデルのフォルダーを開きます。</translation>
    </message>
    <message>
        <source>Copy &amp;report</source>
        <translation>報告をコピー(&amp;R)</translation>
    </message>
    <message>
        <source>Copies the last 200 log lines, with paths shortened, for a problem report.</source>
        <translation>問題の報告用に、最後の 200 行のログを、パスを短くしてコピーします。</translation>
    </message>
    <message>
        <source>Clear &amp;log</source>
        <translation>ログを消去(&amp;L)</translation>
    </message>
    <message>
        <source>Empties the log page; the log itself goes on.</source>
        <translation>ログのページを空にします。記録は続きます。</translation>
    </message>
    <message>
        <source>&amp;Search commands</source>
        <translation>コマンドを検索(&amp;S)</translation>
    </message>
    <message>
        <source>Finds every command by name.</source>
        <translation>すべてのコマンドを名前で探します。</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>キーボードショートカット(&amp;K)</translation>
    </message>
    <message>
        <source>Lists every shortcut.</source>
        <translation>すべてのショートカットを一覧にします。</translation>
    </message>
    <message>
        <source>&amp;About Rookery</source>
        <translation>Rookery について(&amp;A)</translation>
    </message>
    <message>
        <source>Shows version and licence.</source>
        <translation>バージョンとライセンスを表示します。</translation>
    </message>
    <message>
        <source>Remo&amp;ve from list</source>
        <translation>一覧から外す(&amp;V)</translation>
    </message>
    <message>
        <source>Takes a single file off the list; the file stays where it is.</source>
        <translation>単独のファイルを一覧から外します。ファイル自体は残ります。</translation>
    </message>
    <message>
        <source>Zoom i&amp;n</source>
        <translation>拡大(&amp;N)</translation>
    </message>
    <message>
        <source>Open in &amp;chat</source>
        <translation>チャットで開く(&amp;C)</translation>
    </message>
    <message>
        <source>Loads the selected model and starts a chat with it.</source>
        <translation>選んだモデルを読み込み、チャットを始めます。</translation>
    </message>
    <message>
        <source>C&amp;onvert…</source>
        <translation>変換(&amp;O)…</translation>
    </message>
    <message>
        <source>Writes the selected model in another format.</source>
        <translation>選んだモデルを別の形式で書き出します。</translation>
    </message>
    <message>
        <source>S&amp;tates</source>
        <translation>状態(&amp;T)</translation>
    </message>
    <message>
        <source>Shows the memories that a chat can start from.</source>
        <translation>チャットの出発点にできる記憶を表示します。</translation>
    </message>
    <message>
        <source>Ada&amp;pters</source>
        <translation>アダプター(&amp;P)</translation>
    </message>
    <message>
        <source>Shows the adapters and which of them change the loaded model.</source>
        <translation>アダプターと、読み込んだモデルを変えているものを表示します。</translation>
    </message>
    <message>
        <source>Mi&amp;xer</source>
        <translation>ミキサー(&amp;X)</translation>
    </message>
    <message>
        <source>Shows the mixer: several states that answer together.</source>
        <translation>ミキサーを表示します。複数の状態が一緒に答えます。</translation>
    </message>
    <message>
        <source>Mixe&amp;r beside the chat</source>
        <translation>チャット横のミキサー(&amp;R)</translation>
    </message>
    <message>
        <source>Shows or hides the mixer beside the chat.</source>
        <translation>チャットの横のミキサーを表示または非表示にします。</translation>
    </message>
    <message>
        <source>Colour &amp;by voice</source>
        <translation>声部ごとに色分け(&amp;B)</translation>
    </message>
    <message>
        <source>Colours answers of a mix by the voice that said each word.</source>
        <translation>ミックスの回答を、各語を言った声部の色で表示します。</translation>
    </message>
    <message>
        <source>Ser&amp;ver</source>
        <translation>サーバー(&amp;V)</translation>
    </message>
    <message>
        <source>Shows the server: how other programs use the model.</source>
        <translation>サーバーを表示します。ほかのプログラムからモデルを使えます。</translation>
    </message>
    <message>
        <source>&amp;Save state…</source>
        <translation>状態を保存(&amp;S)…</translation>
    </message>
</context>
<context>
    <name>ErrorTexts</name>
    <message>
        <source>The file is not there.</source>
        <translation>ファイルがありません。</translation>
    </message>
    <message>
        <source>Was it moved or renamed? Choose it again.</source>
        <translation>移動または改名されていませんか？ 選び直してください。</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>ファイルを読み取れません。</translation>
    </message>
    <message>
        <source>Check its permissions and that its disk is connected.</source>
        <translation>権限と、ディスクの接続を確かめてください。</translation>
    </message>
    <message>
        <source>The file is damaged or incomplete.</source>
        <translation>ファイルが壊れているか不完全です。</translation>
    </message>
    <message>
        <source>Download or copy it again.</source>
        <translation>もう一度ダウンロードまたはコピーしてください。</translation>
    </message>
    <message>
        <source>This is not a model file that Rookery knows.</source>
        <translation>Rookery の知らない形式のファイルです。</translation>
    </message>
    <message>
        <source>This kind of model cannot be run yet.</source>
        <translation>この種類のモデルはまだ実行できません。</translation>
    </message>
    <message>
        <source>The model&apos;s tensors do not fit together.</source>
        <translation>モデルのテンソルの形が合っていません。</translation>
    </message>
    <message>
        <source>The file was probably converted wrongly. Get it from its source again.</source>
        <translation>変換に誤りがあるようです。配布元から入手し直してください。</translation>
    </message>
    <message>
        <source>The vocabulary of this model was not found.</source>
        <translation>このモデルの語彙が見つかりません。</translation>
    </message>
    <message>
        <source>Choose the vocabulary file, or put it beside the model.</source>
        <translation>語彙ファイルを選ぶか、モデルと同じ場所に置いてください。</translation>
    </message>
    <message>
        <source>The vocabulary file is damaged or belongs to another model.</source>
        <translation>語彙ファイルが壊れているか、別のモデルのものです。</translation>
    </message>
    <message>
        <source>Choose another vocabulary file.</source>
        <translation>別の語彙ファイルを選んでください。</translation>
    </message>
    <message>
        <source>The device cannot be used.</source>
        <translation>デバイスを使えません。</translation>
    </message>
    <message>
        <source>Choose another device; the log says why.</source>
        <translation>別のデバイスを選んでください。理由はログにあります。</translation>
    </message>
    <message>
        <source>The device stopped working.</source>
        <translation>デバイスが停止しました。</translation>
    </message>
    <message>
        <source>Your text is safe. Load the model again.</source>
        <translation>文章は無事です。モデルを読み込み直してください。</translation>
    </message>
    <message>
        <source>There is not enough memory.</source>
        <translation>メモリが足りません。</translation>
    </message>
    <message>
        <source>Use fewer slots or a smaller precision, or close other programs.</source>
        <translation>スロットを減らすか精度を下げるか、他のプログラムを閉じてください。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>モデルが読み込まれていません。</translation>
    </message>
    <message>
        <source>Load one first.</source>
        <translation>先に読み込んでください。</translation>
    </message>
    <message>
        <source>A value is out of its range.</source>
        <translation>値が範囲を超えています。</translation>
    </message>
    <message>
        <source>Correct the value and try again.</source>
        <translation>値を直してもう一度お試しください。</translation>
    </message>
    <message>
        <source>Too many requests are waiting.</source>
        <translation>待っている要求が多すぎます。</translation>
    </message>
    <message>
        <source>Try again when some have finished.</source>
        <translation>いくつか終わってからもう一度お試しください。</translation>
    </message>
    <message>
        <source>The saved state does not fit the loaded model.</source>
        <translation>保存した状態が読み込んだモデルに合いません。</translation>
    </message>
    <message>
        <source>Load the model that it was made with.</source>
        <translation>作成時のモデルを読み込んでください。</translation>
    </message>
    <message>
        <source>The file could not be written; what was there before is untouched.</source>
        <translation>ファイルを書けませんでした。元の内容はそのままです。</translation>
    </message>
    <message>
        <source>Check free space and permissions, or choose another folder.</source>
        <translation>空き容量と権限を確かめるか、別のフォルダーを選んでください。</translation>
    </message>
    <message>
        <source>Something went wrong inside Rookery.</source>
        <translation>Rookery の内部で問題が起きました。</translation>
    </message>
    <message>
        <source>Please report it with the log.</source>
        <translation>ログを添えて報告してください。</translation>
    </message>
    <message>
        <source>Choose another file…</source>
        <translation>別のファイルを選ぶ…</translation>
    </message>
    <message>
        <source>Choose vocabulary…</source>
        <translation>語彙を選ぶ…</translation>
    </message>
    <message>
        <source>Use fewer slots</source>
        <translation>スロットを減らす</translation>
    </message>
    <message>
        <source>Load a model…</source>
        <translation>モデルを読み込む…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Choose another folder…</source>
        <translation>別のフォルダーを選ぶ…</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>ログを表示</translation>
    </message>
    <message>
        <source>Choose another RWKV model.</source>
        <translation>別の RWKV モデルを選んでください。</translation>
    </message>
    <message>
        <source>This strategy is not possible.</source>
        <translation>このストラテジーは使えません。</translation>
    </message>
    <message>
        <source>Correct the underlined word, or choose a precision.</source>
        <translation>下線の語を直すか、精度を選んでください。</translation>
    </message>
    <message>
        <source>Choose a .pth, .safetensors, .gguf, .st or .bin file of an RWKV model.</source>
        <translation>RWKV モデルの .pth、.safetensors、.gguf、.st、.bin ファイルを選んでください。</translation>
    </message>
</context>
<context>
    <name>Extras</name>
    <message>
        <source>…</source>
        <comment>not known yet whether the file fits the model</comment>
        <translation>…</translation>
    </message>
    <message>
        <source>● fits</source>
        <translation>● 使える</translation>
    </message>
    <message>
        <source>○ does not fit</source>
        <translation>○ 合わない</translation>
    </message>
    <message>
        <source>– no model</source>
        <translation>– モデルなし</translation>
    </message>
    <message>
        <source>⚠ unreadable</source>
        <translation>⚠ 読めない</translation>
    </message>
    <message>
        <source>Saved here</source>
        <comment>a state that Rookery saved</comment>
        <translation>ここで保存</translation>
    </message>
    <message>
        <source>Tuned</source>
        <comment>a trained initial state</comment>
        <translation>チューニング済み</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <comment>a state of another program</comment>
        <translation>スナップショット</translation>
    </message>
    <message>
        <source>%1, rank %2</source>
        <comment>kind of adapter</comment>
        <translation>%1、ランク %2</translation>
    </message>
    <message>
        <source>%1, ranks %2 to %3</source>
        <translation>%1、ランク %2～%3</translation>
    </message>
</context>
<context>
    <name>FixTexts</name>
    <message numerus="yes">
        <source>Use %n slots: saves %1</source>
        <translation>
            <numerusform>スロットを %n 個にする: %1 の節約</numerusform>
        </translation>
    </message>
    <message>
        <source>Use “%1”: saves %2</source>
        <translation>「%1」を使う: %2 の節約</translation>
    </message>
    <message>
        <source>Close other programs that hold %1, or choose a smaller model.</source>
        <translation>%1 を使っている他のプログラムを終了するか、小さいモデルを選んでください。</translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>キーボードショートカット</translation>
    </message>
    <message>
        <source>About Rookery</source>
        <translation>Rookery について</translation>
    </message>
    <message>
        <source>&lt;b&gt;Rookery %1&lt;/b&gt;&lt;br&gt;A workbench for RWKV language models.&lt;br&gt;&lt;br&gt;Free software under the GNU General Public License, version 3 or later.&lt;br&gt;It sends nothing anywhere.</source>
        <translation>&lt;b&gt;Rookery %1&lt;/b&gt;&lt;br&gt;RWKV 言語モデルのワークベンチ。&lt;br&gt;&lt;br&gt;GNU General Public License バージョン 3 以降によるフリーソフトウェアです。&lt;br&gt;どこにも何も送信しません。</translation>
    </message>
</context>
<context>
    <name>Memory</name>
    <message>
        <source>Weights</source>
        <translation>重み</translation>
    </message>
    <message>
        <source>States</source>
        <comment>recurrent states of the sequences</comment>
        <translation>状態</translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation>作業領域</translation>
    </message>
    <message>
        <source>Prefix cache</source>
        <translation>プレフィックスキャッシュ</translation>
    </message>
    <message>
        <source>Other programs</source>
        <translation>他のプログラム</translation>
    </message>
    <message>
        <source>Free</source>
        <comment>unused memory</comment>
        <translation>空き</translation>
    </message>
    <message>
        <source>…</source>
        <comment>not known yet whether the model fits into memory</comment>
        <translation>…</translation>
    </message>
    <message>
        <source>● fits</source>
        <translation>● 収まる</translation>
    </message>
    <message>
        <source>◐ tight</source>
        <translation>◐ ぎりぎり</translation>
    </message>
    <message>
        <source>○ too big</source>
        <translation>○ 大きすぎ</translation>
    </message>
    <message>
        <source>⚠ unreadable</source>
        <translation>⚠ 読めない</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>メモリ</translation>
    </message>
    <message>
        <source>⚠ no vocabulary</source>
        <translation>⚠ 語彙なし</translation>
    </message>
    <message>
        <source>⚠ unsupported</source>
        <translation>⚠ 非対応</translation>
    </message>
</context>
<context>
    <name>MessageDocument</name>
    <message>
        <source>Save as…</source>
        <translation>名前を付けて保存…</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>code</source>
        <translation>コード</translation>
    </message>
</context>
<context>
    <name>MessageRow</name>
    <message numerus="yes">
        <source>%Ln tok</source>
        <translation>
            <numerusform>%Ln トークン</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ミリ秒</translation>
    </message>
    <message>
        <source>stopped at the token limit</source>
        <translation>トークン数の上限で停止</translation>
    </message>
    <message>
        <source>stop: %1</source>
        <translation>停止: %1</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>編集</translation>
    </message>
    <message>
        <source>Regenerate</source>
        <translation>再生成</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>続ける</translation>
    </message>
    <message>
        <source>Fork: new chat from here</source>
        <translation>分岐: ここから新しいチャット</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Previous alternative</source>
        <translation>前の候補</translation>
    </message>
    <message>
        <source>Next alternative</source>
        <translation>次の候補</translation>
    </message>
    <message>
        <source>Show or hide the thinking</source>
        <translation>思考を表示または隠す</translation>
    </message>
    <message>
        <source>Copy thinking</source>
        <translation>思考をコピー</translation>
    </message>
    <message>
        <source>first %1</source>
        <translation>最初 %1</translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation>シード %1</translation>
    </message>
    <message>
        <source>Thinking…</source>
        <translation>思考中…</translation>
    </message>
    <message>
        <source>Thinking…  %1</source>
        <translation>思考中…  %1</translation>
    </message>
    <message>
        <source>Thought for %1</source>
        <translation>%1 考えました</translation>
    </message>
    <message>
        <source>Thought</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Reading %1 of %2 tokens</source>
        <translation>%1 / %2 トークンを読み取り中</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>停止しました</translation>
    </message>
    <message>
        <source>mix: %1</source>
        <translation>ミックス：%1</translation>
    </message>
    <message>
        <source>%1 %2 %</source>
        <translation>%1 %2 %</translation>
    </message>
</context>
<context>
    <name>Mix</name>
    <message>
        <source>%1 %2</source>
        <comment>a voice and its gate</comment>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>Units</name>
    <message>
        <source>%1 of %2 %3</source>
        <comment>4.2 of 15.6 GB</comment>
        <translation>%1 / %2 %3</translation>
    </message>
    <message>
        <source>%1 K</source>
        <comment>thousands</comment>
        <translation>%1 K</translation>
    </message>
    <message>
        <source>%1 M</source>
        <comment>millions</comment>
        <translation>%1 M</translation>
    </message>
    <message>
        <source>%1 B</source>
        <comment>thousand millions</comment>
        <translation>%1 B</translation>
    </message>
    <message>
        <source>%1 tok/s</source>
        <comment>tokens per second</comment>
        <translation>%1 トークン/秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <comment>seconds</comment>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 %</source>
        <comment>percent</comment>
        <translation>%1%</translation>
    </message>
    <message>
        <source>unknown</source>
        <comment>model family</comment>
        <translation>不明</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>開いています</translation>
    </message>
    <message>
        <source>Reading weights</source>
        <translation>重みを読み込み中</translation>
    </message>
    <message>
        <source>Reading the vocabulary</source>
        <translation>語彙を読み込み中</translation>
    </message>
    <message>
        <source>Allocating memory</source>
        <translation>メモリを確保中</translation>
    </message>
    <message>
        <source>Warming up</source>
        <translation>準備運転中</translation>
    </message>
    <message>
        <source>%1 W</source>
        <comment>watts</comment>
        <translation>%1 W</translation>
    </message>
</context>
<context>
    <name>gui::Actions</name>
    <message>
        <source>%1 (%2)</source>
        <comment>what an action does (its shortcut)</comment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>ファイル(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>編集(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>表示(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Chat</source>
        <translation>チャット(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>モデル(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>ヘルプ(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;State</source>
        <translation>状態(&amp;S)</translation>
    </message>
</context>
<context>
    <name>gui::AdapterOptions</name>
    <message>
        <source>As the file says (%1)</source>
        <translation>ファイルの値 (%1)</translation>
    </message>
    <message>
        <source>As the file says, else the rank</source>
        <translation>ファイルの値、なければランク</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>The change is multiplied by alpha / rank.</source>
        <translation>変更に alpha / ランク を掛けます。</translation>
    </message>
    <message>
        <source>In the file, or none</source>
        <translation>ファイル内、またはなし</translation>
    </message>
    <message>
        <source>Initial factors of PiSSA</source>
        <translation>PiSSA の初期因子</translation>
    </message>
    <message>
        <source>The file with the factors that a PiSSA adapter began with.</source>
        <translation>PiSSA アダプターの学習開始時の因子が入ったファイル。</translation>
    </message>
    <message>
        <source>Choose the file</source>
        <translation>ファイルを選択</translation>
    </message>
    <message>
        <source>PiSSA start</source>
        <translation>PiSSA の初期値</translation>
    </message>
    <message>
        <source>As shape and name tell</source>
        <translation>形と名前から判断</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>入力</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>出力</translation>
    </message>
    <message>
        <source>Blocks of Bone</source>
        <translation>Bone のブロック</translation>
    </message>
    <message>
        <source>Whether the blocks of a Bone adapter go with inputs or with outputs.</source>
        <translation>Bone アダプターのブロックが入力と出力のどちらに対応するか。</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>ブロック</translation>
    </message>
    <message>
        <source>Choose the initial factors</source>
        <translation>初期因子を選択</translation>
    </message>
    <message>
        <source>PyTorch and safetensors files (*.pth *.pt *.safetensors)</source>
        <translation>PyTorch と safetensors のファイル (*.pth *.pt *.safetensors)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>すべてのファイル (*)</translation>
    </message>
</context>
<context>
    <name>gui::AdapterRack</name>
    <message>
        <source>Add adapter</source>
        <translation>アダプターを追加</translation>
    </message>
    <message>
        <source>Adds an adapter behind the others.</source>
        <translation>ほかのアダプターの後に追加します。</translation>
    </message>
    <message>
        <source>Scale of %1</source>
        <translation>%1 の倍率</translation>
    </message>
    <message>
        <source>How much of its change is added: 1 as it was trained, 0 nothing, below 0 away from it.</source>
        <translation>変化をどれだけ加えるか。1 は訓練どおり、0 はなし、0 未満は逆方向。</translation>
    </message>
    <message>
        <source>Apply %1 earlier</source>
        <translation>%1 を先に適用</translation>
    </message>
    <message>
        <source>Apply %1 later</source>
        <translation>%1 を後に適用</translation>
    </message>
    <message>
        <source>Take %1 off</source>
        <translation>%1 を外す</translation>
    </message>
    <message>
        <source>Other file…</source>
        <translation>ほかのファイル…</translation>
    </message>
    <message>
        <source>Choose an adapter</source>
        <translation>アダプターを選ぶ</translation>
    </message>
    <message>
        <source>Adapters (*.pth *.safetensors)</source>
        <translation>アダプター (*.pth *.safetensors)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Options of %1</source>
        <translation>%1 のオプション</translation>
    </message>
</context>
<context>
    <name>gui::AdaptersPage</name>
    <message>
        <source>Kind</source>
        <translation>種類</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>変更</translation>
    </message>
    <message numerus="yes">
        <source>%n matrices</source>
        <translation>
            <numerusform>行列 %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>Replaces</source>
        <translation>置き換え</translation>
    </message>
    <message numerus="yes">
        <source>%n tensors</source>
        <translation>
            <numerusform>テンソル %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>層</translation>
    </message>
    <message>
        <source>Alpha</source>
        <translation>Alpha</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>レイアウト</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>An adapter is a small file that changes what a model has learned: LoRA, DoRA, PiSSA, Bone.

Add a folder with adapters, or put them beside your models.</source>
        <translation>アダプターは、モデルが学んだことを変える小さなファイルです（LoRA、DoRA、PiSSA、Bone）。

アダプターのあるフォルダーを追加するか、モデルのそばに置いてください。</translation>
    </message>
    <message>
        <source>On the loaded model, in this order</source>
        <translation>読み込んだモデルへ、この順に適用</translation>
    </message>
    <message>
        <source>Applying adapters</source>
        <translation>アダプターを適用中</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>適用</translation>
    </message>
    <message>
        <source>As it is in use</source>
        <translation>使用中のものに戻す</translation>
    </message>
    <message>
        <source>Shows the adapters that are in use again.</source>
        <translation>使用中のアダプターを再び表示します。</translation>
    </message>
    <message>
        <source>Reveal in files</source>
        <translation>ファイルマネージャーで表示</translation>
    </message>
    <message>
        <source>Opens the folder of the selected adapter.</source>
        <translation>選んだアダプターのフォルダーを開きます。</translation>
    </message>
    <message>
        <source>Applied, with something to know.</source>
        <translation>適用しましたが、ご注意ください。</translation>
    </message>
    <message>
        <source>The adapters could not be applied; what was in use stays in use.</source>
        <translation>アダプターを適用できませんでした。これまでのものを使い続けます。</translation>
    </message>
    <message>
        <source>Choose an adapter on the left to see what it is.</source>
        <translation>左でアダプターを選ぶと、その内容が表示されます。</translation>
    </message>
    <message>
        <source>Load a model to see whether it can use this adapter.</source>
        <translation>モデルを読み込むと、このアダプターを使えるか分かります。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>モデルが読み込まれていません。</translation>
    </message>
    <message>
        <source>No adapter is in use.</source>
        <translation>使用中のアダプターはありません。</translation>
    </message>
    <message>
        <source>In use: %1</source>
        <translation>使用中：%1</translation>
    </message>
    <message>
        <source>Tick adapters in the list, or add one here.</source>
        <translation>一覧でアダプターに印を付けるか、ここで追加してください。</translation>
    </message>
    <message>
        <source>Not applied yet.</source>
        <translation>まだ適用していません。</translation>
    </message>
    <message>
        <source>Applying…</source>
        <translation>適用中…</translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation>先にモデルを読み込んでください。</translation>
    </message>
    <message>
        <source>These adapters are in use already.</source>
        <translation>これらのアダプターはすでに使われています。</translation>
    </message>
    <message>
        <source>Changes the loaded model without loading it again.</source>
        <translation>モデルを読み込み直さずに変更します。</translation>
    </message>
</context>
<context>
    <name>gui::AuditionView</name>
    <message>
        <source>States that answer</source>
        <translation>答える状態</translation>
    </message>
    <message>
        <source>Tick the states that shall answer (Space).</source>
        <translation>答える状態にチェックを入れます（スペースキー）。</translation>
    </message>
    <message>
        <source>A line that all of them answer</source>
        <translation>全員が答える一行</translation>
    </message>
    <message>
        <source>Probe line</source>
        <translation>試しの一行</translation>
    </message>
    <message>
        <source>Tell me about geese.</source>
        <translation>ガンについて教えて。</translation>
    </message>
    <message>
        <source>No state</source>
        <translation>状態なし</translation>
    </message>
    <message>
        <source>The model from its empty memory, to compare with.</source>
        <translation>空の記憶から始めるモデル。比較用です。</translation>
    </message>
    <message>
        <source>%1 ticked, at most %2</source>
        <translation>%1 個選択中、最大 %2 個</translation>
    </message>
    <message numerus="yes">
        <source>%n ticked</source>
        <comment>states</comment>
        <translation>
            <numerusform>%n 個選択中</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Listen</source>
        <translation>聴く</translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation>先にモデルを読み込んでください。</translation>
    </message>
    <message>
        <source>Tick a state first.</source>
        <translation>先に状態にチェックを入れてください。</translation>
    </message>
    <message>
        <source>All that are ticked answer the line side by side.</source>
        <translation>チェックした状態すべてが並んで答えます。</translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L) to hear what its states say.</source>
        <translation>モデルを読み込むと（Ctrl+L）、状態の答えを聴けます。</translation>
    </message>
    <message>
        <source>Tick states on the left and write a line.
All of them answer it here at once, with the same seed.</source>
        <translation>左で状態にチェックを入れ、一行書いてください。
全員が同じシードでここに同時に答えます。</translation>
    </message>
</context>
<context>
    <name>gui::BlendView</name>
    <message>
        <source>How much of B each layer has: drag the points, or use the arrow keys.</source>
        <translation>各層が B をどれだけ含むか。点をドラッグするか、矢印キーを使います。</translation>
    </message>
    <message>
        <source>State A</source>
        <translation>状態 A</translation>
    </message>
    <message>
        <source>State B</source>
        <translation>状態 B</translation>
    </message>
    <message>
        <source>Share of B in all layers</source>
        <translation>全層での B の割合</translation>
    </message>
    <message>
        <source>0 is A, 1 is B; sets all layers.</source>
        <translation>0 が A、1 が B。すべての層に設定します。</translation>
    </message>
    <message>
        <source>A</source>
        <comment>the first of two states</comment>
        <translation>A</translation>
    </message>
    <message>
        <source>B</source>
        <comment>the second of two states</comment>
        <translation>B</translation>
    </message>
    <message>
        <source>A line that A, the blend and B answer</source>
        <translation>A、ブレンド、B が答える一行</translation>
    </message>
    <message>
        <source>Probe line</source>
        <translation>試しの一行</translation>
    </message>
    <message>
        <source>Tell me about geese.</source>
        <translation>ガンについて教えて。</translation>
    </message>
    <message>
        <source>Listen</source>
        <translation>聴く</translation>
    </message>
    <message>
        <source>Bake to state…</source>
        <translation>状態に書き出す…</translation>
    </message>
    <message>
        <source>Two states are needed; add a folder with states.</source>
        <translation>状態が二つ必要です。状態のあるフォルダーを追加してください。</translation>
    </message>
    <message>
        <source>Choose two states.</source>
        <translation>状態を二つ選んでください。</translation>
    </message>
    <message>
        <source>%1: %2 layers, %3 heads of %4 channels</source>
        <translation>%1：%2 層、%3 ヘッド、各 %4 チャンネル</translation>
    </message>
    <message>
        <source>%1, with token shifts</source>
        <translation>%1、token shift 付き</translation>
    </message>
    <message>
        <source>These two are not of one shape. %1; %2.</source>
        <translation>二つの形が異なります。%1；%2。</translation>
    </message>
    <message>
        <source>mean %1</source>
        <translation>平均 %1</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>A, the blend and B answer the line side by side.</source>
        <translation>A、ブレンド、B が並んで答えます。</translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation>先にモデルを読み込んでください。</translation>
    </message>
    <message>
        <source>Baking…</source>
        <translation>書き出しています…</translation>
    </message>
    <message>
        <source>Writes the blend into a file that chats can begin from.</source>
        <translation>ブレンドをファイルに書き出し、チャットの起点にできるようにします。</translation>
    </message>
    <message>
        <source>A blend is an experiment: listen before you bake it.
A, the blend and B will answer the line here, side by side.</source>
        <translation>ブレンドは実験です。書き出す前に聴いてください。
A、ブレンド、B がここに並んで答えます。</translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L) to hear the blend before you bake it.</source>
        <translation>書き出す前に聴くには、モデルを読み込んでください（Ctrl+L）。</translation>
    </message>
    <message>
        <source>%1 of the way from %2 to %3</source>
        <translation>%2 から %3 へ %1</translation>
    </message>
    <message>
        <source>From %1 to %2 by layer</source>
        <translation>%1 から %2 へ、層ごと</translation>
    </message>
    <message>
        <source>Bake to state</source>
        <translation>状態に書き出す</translation>
    </message>
    <message>
        <source>Tuned states (*.pth)</source>
        <translation>調整済みの状態 (*.pth)</translation>
    </message>
    <message>
        <source>Baked into %1, %2.</source>
        <translation>%1（%2）に書き出しました。</translation>
    </message>
    <message>
        <source>Start a chat</source>
        <translation>チャットを始める</translation>
    </message>
</context>
<context>
    <name>gui::ChatController</name>
    <message numerus="yes">
        <source>Memory of %n token(s), from %1</source>
        <translation>
            <numerusform>%n トークンの記憶（%1 より）</numerusform>
        </translation>
    </message>
    <message>
        <source>“%1” was deleted.</source>
        <translation>「%1」を削除しました。</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>編集済み</translation>
    </message>
    <message>
        <source>%1 (fork)</source>
        <translation>%1（分岐）</translation>
    </message>
    <message numerus="yes">
        <source>%n message(s) deleted.</source>
        <translation>
            <numerusform>メッセージ %n 件を削除しました。</numerusform>
        </translation>
    </message>
    <message>
        <source>You</source>
        <translation>あなた</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>記憶</translation>
    </message>
</context>
<context>
    <name>gui::ChatListModel</name>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今日</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨日</translation>
    </message>
    <message>
        <source>Older</source>
        <translation>それ以前</translation>
    </message>
</context>
<context>
    <name>gui::ChatListView</name>
    <message>
        <source>Chats</source>
        <translation>チャット</translation>
    </message>
    <message>
        <source>Filter chats</source>
        <translation>チャットを絞り込む</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>Starts an empty conversation (Ctrl+N)</source>
        <translation>空の会話を始めます (Ctrl+N)</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>名前を変更</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
</context>
<context>
    <name>gui::ChatPage</name>
    <message>
        <source>The state was saved.</source>
        <translation>状態を保存しました。</translation>
    </message>
    <message>
        <source>The chats cannot be saved at the moment. It will be tried again.</source>
        <translation>いまチャットを保存できません。もう一度試します。</translation>
    </message>
    <message>
        <source>The chats are saved again; nothing is missing.</source>
        <translation>チャットを保存できるようになりました。失われたものはありません。</translation>
    </message>
    <message>
        <source>This chat cannot be read.</source>
        <translation>このチャットを読み取れません。</translation>
    </message>
    <message>
        <source>Save code</source>
        <translation>コードを保存</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>own values</source>
        <translation>独自の値</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>メッセージを書く</translation>
    </message>
    <message>
        <source>Load a model to answer (Ctrl+L). You can still write; it will wait.</source>
        <translation>回答にはモデルが必要です (Ctrl+L)。書いておけば待ちます。</translation>
    </message>
    <message>
        <source>Waiting for the model · %1</source>
        <translation>モデルを待っています · %1</translation>
    </message>
    <message>
        <source>Opening the state…</source>
        <translation>状態を開いています…</translation>
    </message>
    <message>
        <source>Waiting for a model. The message is answered when one is ready.</source>
        <translation>モデルを待っています。準備ができたら答えます。</translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L)</source>
        <translation>モデルを読み込む (Ctrl+L)</translation>
    </message>
    <message>
        <source>This chat has no messages yet.</source>
        <translation>このチャットにはまだメッセージがありません。</translation>
    </message>
    <message>
        <source>Nothing is being written.</source>
        <translation>いまは何も書いていません。</translation>
    </message>
    <message>
        <source>An answer is being written.</source>
        <translation>回答を書いています。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>モデルが読み込まれていません。</translation>
    </message>
    <message>
        <source>The message has no alternatives.</source>
        <translation>このメッセージに候補はありません。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Rookery closed unexpectedly. Nothing is missing.</source>
        <translation>Rookery が予期せず終了しました。失われたものはありません。</translation>
    </message>
    <message>
        <source>The file of chats was damaged. It was put aside and a new one was begun.</source>
        <translation>チャットのファイルが壊れていたため、別に保存して新しく始めました。</translation>
    </message>
    <message>
        <source>The chats were written by a newer Rookery and were left as they are. Chats of this session are not saved.</source>
        <translation>チャットは新しい Rookery のもののため、そのまま残しました。今回のチャットは保存されません。</translation>
    </message>
    <message>
        <source>The chats can be read but not changed. Chats of this session are not saved.</source>
        <translation>チャットは読めますが変更できません。今回のチャットは保存されません。</translation>
    </message>
    <message>
        <source>The chats cannot be opened. Chats of this session are not saved.</source>
        <translation>チャットを開けません。今回のチャットは保存されません。</translation>
    </message>
    <message>
        <source>Save state</source>
        <translation>状態を保存</translation>
    </message>
    <message>
        <source>States (*.rwkvstate)</source>
        <translation>状態 (*.rwkvstate)</translation>
    </message>
    <message>
        <source>Export chat</source>
        <translation>チャットを書き出す</translation>
    </message>
    <message>
        <source>Saved.</source>
        <translation>保存しました。</translation>
    </message>
    <message>
        <source>The file could not be written.</source>
        <translation>ファイルを書けませんでした。</translation>
    </message>
    <message>
        <source>A part of a chat could not be saved.</source>
        <translation>チャットの一部を保存できませんでした。</translation>
    </message>
    <message>
        <source>Go to the chats first (Alt+1).</source>
        <translation>先にチャットを開いてください（Alt+1）。</translation>
    </message>
    <message>
        <source>This is the memory that the chat began with.</source>
        <translation>これはチャットの初めからあった記憶です。</translation>
    </message>
    <message>
        <source>Nothing was answered yet.</source>
        <translation>まだ回答はありません。</translation>
    </message>
    <message>
        <source>This chat begins from the state “%1”, which cannot be opened. Choose another one above, or go on without it.</source>
        <translation>このチャットは状態「%1」から始まりますが、開けません。上で別の状態を選ぶか、なしで続けてください。</translation>
    </message>
    <message>
        <source>Go on without it</source>
        <translation>なしで続ける</translation>
    </message>
</context>
<context>
    <name>gui::CommandPalette</name>
    <message>
        <source>Search commands</source>
        <translation>コマンドを検索</translation>
    </message>
    <message>
        <source>Type the name of a command</source>
        <translation>コマンドの名前を入力</translation>
    </message>
    <message>
        <source>Name of a command</source>
        <translation>コマンドの名前</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>コマンド</translation>
    </message>
    <message>
        <source>No command has these words.</source>
        <translation>この語を含むコマンドはありません。</translation>
    </message>
</context>
<context>
    <name>gui::Composer</name>
    <message>
        <source>Message</source>
        <translation>メッセージ</translation>
    </message>
    <message>
        <source>Take the queued message back</source>
        <translation>待機中のメッセージを戻す</translation>
    </message>
    <message>
        <source>Take the queued message back (Esc)</source>
        <translation>待機中のメッセージを戻す (Esc)</translation>
    </message>
    <message>
        <source>Queued: “%1” · sends when the answer is done</source>
        <translation>待機中:「%1」· 回答が終わると送ります</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>送信</translation>
    </message>
    <message>
        <source>Stops the answer; what is written stays (Esc)</source>
        <translation>回答を止めます。書かれた分は残ります (Esc)</translation>
    </message>
    <message>
        <source>Sends the message (Enter)</source>
        <translation>メッセージを送ります (Enter)</translation>
    </message>
    <message>
        <source>Enter queues</source>
        <translation>Enter で待機</translation>
    </message>
    <message>
        <source>Enter sends</source>
        <translation>Enter で送信</translation>
    </message>
    <message>
        <source>Shift+Enter: new line</source>
        <translation>Shift+Enter: 改行</translation>
    </message>
    <message numerus="yes">
        <source>%Ln tok</source>
        <translation>
            <numerusform>%Ln トークン</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>gui::ContextBar</name>
    <message>
        <source>The model in use. Click to load or eject one.</source>
        <translation>使用中のモデル。クリックで読み込みや取り出しができます。</translation>
    </message>
    <message>
        <source>Memory in use</source>
        <translation>使用中のメモリ</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>モデルなし</translation>
    </message>
    <message>
        <source>Loading %1</source>
        <comment>percent</comment>
        <translation>読み込み中 %1</translation>
    </message>
    <message>
        <source>Model: %1</source>
        <translation>モデル: %1</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>モデルが読み込まれていません。</translation>
    </message>
    <message>
        <source>Rookery uses %1; all programs together %2.
Click for the monitor.</source>
        <translation>Rookery は %1、全プログラム合計 %2 を使用中。
クリックでモニターを開きます。</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>読み込みをやめる</translation>
    </message>
    <message numerus="yes">
        <source>%n adapters</source>
        <translation>
            <numerusform>アダプター %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>Adapters: %1</source>
        <translation>アダプター：%1</translation>
    </message>
</context>
<context>
    <name>gui::ConvertDialog</name>
    <message>
        <source>Choose…</source>
        <translation>選択…</translation>
    </message>
    <message>
        <source>Convert</source>
        <translation>変換</translation>
    </message>
    <message>
        <source>Convert %1</source>
        <translation>%1 を変換</translation>
    </message>
    <message>
        <source>safetensors (BlinkDL&apos;s names)</source>
        <translation>safetensors（BlinkDL の名前）</translation>
    </message>
    <message>
        <source>PyTorch .pth</source>
        <translation>PyTorch .pth</translation>
    </message>
    <message>
        <source>GGUF, for llama.cpp</source>
        <translation>GGUF（llama.cpp 用）</translation>
    </message>
    <message>
        <source>Converting</source>
        <translation>変換中</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>形式(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Number format</source>
        <translation>数値形式(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Write to</source>
        <translation>保存先(&amp;W)</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>Number format</source>
        <translation>数値形式</translation>
    </message>
    <message>
        <source>Write to</source>
        <translation>保存先</translation>
    </message>
    <message>
        <source>As in the file (%1)</source>
        <translation>ファイルのまま（%1）</translation>
    </message>
    <message>
        <source>Write the model to</source>
        <translation>モデルの保存先</translation>
    </message>
    <message>
        <source>Waiting for its turn…</source>
        <translation>順番を待っています…</translation>
    </message>
    <message numerus="yes">
        <source>Written: %n tensors, %1.</source>
        <translation>
            <numerusform>書き出しました：テンソル %n 個、%1。</numerusform>
        </translation>
    </message>
    <message>
        <source>The model could not be converted; nothing was written.</source>
        <translation>モデルを変換できませんでした。何も書き出していません。</translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation>キャンセルしました。何も書き出していません。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
</context>
<context>
    <name>gui::DeviceBars</name>
    <message>
        <source>%1: needs %2 of %3 free</source>
        <comment>a device</comment>
        <translation>%1：空き %3 のうち %2 が必要</translation>
    </message>
</context>
<context>
    <name>gui::DeviceChoice</name>
    <message>
        <source>several</source>
        <comment>devices</comment>
        <translation>複数</translation>
    </message>
</context>
<context>
    <name>gui::DeviceList</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n スレッド</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <comment>memory</comment>
        <translation>%2 中 %1 空き</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>デバイス</translation>
    </message>
    <message>
        <source>Look again what there is</source>
        <translation>もう一度調べます</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>調べています…</translation>
    </message>
    <message>
        <source>Cannot be used: %1</source>
        <translation>使えません：%1</translation>
    </message>
</context>
<context>
    <name>gui::DevicePlots</name>
    <message>
        <source>Processor</source>
        <translation>プロセッサー</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>メモリー</translation>
    </message>
    <message>
        <source>Activity</source>
        <comment>how busy a device is</comment>
        <translation>稼働状況</translation>
    </message>
    <message>
        <source>Utilisation</source>
        <translation>使用率</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>電力</translation>
    </message>
    <message>
        <source>%1: utilisation and power are not known. %2</source>
        <translation>%1：使用率と電力は分かりません。%2</translation>
    </message>
    <message>
        <source>%1: %2 in use; %3 of it by Rookery.</source>
        <translation>%1：%2 を使用中。うち Rookery は %3。</translation>
    </message>
    <message>
        <source>%1 busy</source>
        <comment>70 % busy</comment>
        <translation>使用率 %1</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>power</comment>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1 °C</source>
        <translation>%1 °C</translation>
    </message>
</context>
<context>
    <name>gui::EmptyChat</name>
    <message>
        <source>Who are you?</source>
        <translation>あなたは誰ですか？</translation>
    </message>
    <message>
        <source>Which birds do you know?</source>
        <translation>どんな鳥を知っていますか？</translation>
    </message>
    <message>
        <source>3 + 4 = ?</source>
        <translation>3 + 4 = ?</translation>
    </message>
    <message>
        <source>Sends this question</source>
        <translation>この質問を送ります</translation>
    </message>
    <message>
        <source>Load a model…</source>
        <translation>モデルを読み込む…</translation>
    </message>
    <message>
        <source>Goes to the models to choose one (Ctrl+L)</source>
        <translation>モデルのページで選びます (Ctrl+L)</translation>
    </message>
    <message>
        <source>Load the demonstration model</source>
        <translation>デモモデルを読み込む</translation>
    </message>
    <message>
        <source>Loads the small model that comes with Rookery</source>
        <translation>Rookery に付属する小さなモデルを読み込みます</translation>
    </message>
    <message>
        <source>What would you like to talk about?</source>
        <translation>何について話しましょうか？</translation>
    </message>
    <message>
        <source>A model is being loaded</source>
        <translation>モデルを読み込んでいます</translation>
    </message>
    <message>
        <source>No model is loaded</source>
        <translation>モデルが読み込まれていません</translation>
    </message>
    <message>
        <source>%1 You can write already; it will wait.</source>
        <translation>%1 もう書けます。準備ができるまで待ちます。</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>Load one to chat. You can write already; it will wait.</source>
        <translation>モデルを読み込むと会話できます。先に書いておけば待ちます。</translation>
    </message>
    <message>
        <source>Where do I see how much memory is used?</source>
        <translation>メモリの使用量はどこで見られますか？</translation>
    </message>
</context>
<context>
    <name>gui::EntryList</name>
    <message>
        <source>Add</source>
        <translation>追加</translation>
    </message>
    <message>
        <source>Takes the entry out</source>
        <translation>項目を外します</translation>
    </message>
    <message>
        <source>Copies the entry</source>
        <translation>項目をコピーします</translation>
    </message>
    <message>
        <source>Adds what was typed</source>
        <translation>入力したものを追加します</translation>
    </message>
</context>
<context>
    <name>gui::ExtraDetails</name>
    <message>
        <source>File size</source>
        <translation>サイズ</translation>
    </message>
    <message>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>comes with Rookery</source>
        <translation>Rookery に付属</translation>
    </message>
</context>
<context>
    <name>gui::ExtraListModel</name>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>種類</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>系列</translation>
    </message>
    <message>
        <source>Matrices</source>
        <comment>how many of the model it changes</comment>
        <translation>行列</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>層</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>サイズ</translation>
    </message>
    <message>
        <source>Fit</source>
        <comment>whether the file can be used with the loaded model</comment>
        <translation>適合</translation>
    </message>
</context>
<context>
    <name>gui::ExtraTable</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stops scanning; what was found stays.</source>
        <translation>スキャンを止めます。見つかった分は残ります。</translation>
    </message>
    <message>
        <source>Filter by name or kind</source>
        <translation>名前や種類で絞り込む</translation>
    </message>
    <message>
        <source>Filter the list</source>
        <translation>一覧を絞り込む</translation>
    </message>
    <message>
        <source>Only what fits</source>
        <translation>使えるものだけ</translation>
    </message>
    <message>
        <source>Shows only what can be used with the loaded model.</source>
        <translation>読み込んだモデルで使えるものだけを表示します。</translation>
    </message>
    <message>
        <source>States</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>アダプター</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>フォルダーを追加…</translation>
    </message>
    <message numerus="yes">
        <source>Scanning… %n found</source>
        <translation>
            <numerusform>スキャン中… %n 個</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing in the list matches the filter.</source>
        <translation>絞り込みに合うものがありません。</translation>
    </message>
</context>
<context>
    <name>gui::FixList</name>
    <message>
        <source>Changes the choice above; the forecast follows.</source>
        <translation>上の選択を変えます。予測もすぐに変わります。</translation>
    </message>
</context>
<context>
    <name>gui::HeatMap</name>
    <message>
        <source>Norm of each layer and head</source>
        <translation>各層・各ヘッドのノルム</translation>
    </message>
    <message>
        <source>Layer %1, head %2: %3</source>
        <translation>層 %1、ヘッド %2：%3</translation>
    </message>
    <message>
        <source>Most in: %1</source>
        <translation>最大：%1</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>層</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>ヘッド</translation>
    </message>
    <message>
        <source>Norm</source>
        <translation>ノルム</translation>
    </message>
</context>
<context>
    <name>gui::LayerBar</name>
    <message>
        <source>Layers</source>
        <translation>層</translation>
    </message>
    <message>
        <source>Head: %1 on %2</source>
        <translation>ヘッド：%1、%2 上</translation>
    </message>
    <message>
        <source>Layer %1: %2 on %3</source>
        <translation>層 %1：%2、%3 上</translation>
    </message>
    <message>
        <source>copied for each use</source>
        <translation>使うたびにコピー</translation>
    </message>
</context>
<context>
    <name>gui::LayerCurve</name>
    <message>
        <source>Share of B by layer</source>
        <translation>層ごとの B の割合</translation>
    </message>
    <message>
        <source>Layer %1: %2 of B</source>
        <translation>層 %1：B は %2</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>層</translation>
    </message>
</context>
<context>
    <name>gui::LayerEditor</name>
    <message>
        <source>Select layers with the mouse or with arrow keys and Shift; the last cell is the head.</source>
        <translation>マウス、または矢印キーと Shift で層を選びます。最後のマスはヘッドです。</translation>
    </message>
    <message>
        <source>Precision of the selected layers</source>
        <translation>選んだ層の精度</translation>
    </message>
    <message>
        <source>Precision of the selected layers; the keys 1 to 9 choose it in the bar.</source>
        <translation>選んだ層の精度。バーでは 1～9 のキーで選べます。</translation>
    </message>
    <message>
        <source>several</source>
        <translation>複数</translation>
    </message>
    <message>
        <source>Device of the selected layers</source>
        <translation>選んだ層のデバイス</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>ヘッド</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>埋め込み</translation>
    </message>
    <message>
        <source>Low-rank factors</source>
        <translation>低ランク因子</translation>
    </message>
    <message>
        <source>Channel mix</source>
        <translation>チャンネルミックス</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>Precision of this part in the whole model; automatic keeps small but sensitive parts in 16 bits or more.</source>
        <translation>モデル全体でのこの部分の精度。自動では、小さくても影響の大きい部分を 16 ビット以上に保ちます。</translation>
    </message>
    <message>
        <source>Layers are shown when the strategy has no error.</source>
        <translation>ストラテジーに誤りがなければ層を表示します。</translation>
    </message>
    <message>
        <source>All layers and the head</source>
        <translation>すべての層とヘッド</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>層 %1</translation>
    </message>
    <message>
        <source>Layers from %1, and the head</source>
        <translation>層 %1 以降とヘッド</translation>
    </message>
    <message>
        <source>Layers %1 to %2</source>
        <translation>層 %1～%2</translation>
    </message>
</context>
<context>
    <name>gui::LibraryPage</name>
    <message>
        <source>Models</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>States</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>アダプター</translation>
    </message>
    <message>
        <source>Memories that a chat can start from.</source>
        <translation>チャットの出発点にできる記憶。</translation>
    </message>
    <message>
        <source>Small files that change the loaded model.</source>
        <translation>読み込んだモデルを変える小さなファイル。</translation>
    </message>
</context>
<context>
    <name>gui::LiveRequestModel</name>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>リクエスト</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>From</source>
        <comment>address of a client</comment>
        <translation>接続元</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>トークン</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時間</translation>
    </message>
</context>
<context>
    <name>gui::LoadAdvanced</name>
    <message>
        <source>Advanced</source>
        <translation>詳細</translation>
    </message>
    <message>
        <source>Shows what few models need.</source>
        <translation>まれにしか使わない項目を表示します。</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>コンテキスト</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> トークン</translation>
    </message>
    <message>
        <source>Head norm epsilon</source>
        <translation>ヘッド正規化の ε</translation>
    </message>
    <message>
        <source>As trained (mostly 64 × 10⁻⁵)</source>
        <translation>学習時の値 (通常 64 × 10⁻⁵)</translation>
    </message>
    <message>
        <source>Epsilon of the norm behind every head. Change it only for a model that was trained with another one and does not say so.</source>
        <translation>各ヘッドの後の正規化の ε。別の値で学習され、それがファイルに書かれていないモデルでのみ変更してください。</translation>
    </message>
    <message>
        <source>&amp;Context</source>
        <translation>コンテキスト(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Head norm epsilon</source>
        <translation>ヘッド正規化の ε(&amp;H)</translation>
    </message>
    <message>
        <source>As in the file (%1 tokens)</source>
        <translation>ファイルのとおり (%1 トークン)</translation>
    </message>
    <message>
        <source>How many tokens the attention of this hybrid keeps, 16 to 1,048,576. A chat that outgrows them ends. Each token that a text has read takes memory.</source>
        <translation>このハイブリッドのアテンションが保持するトークン数 (16～1,048,576)。超えるとチャットはそこで終わります。読んだトークンごとにメモリーを使います。</translation>
    </message>
</context>
<context>
    <name>gui::LoadPanel</name>
    <message>
        <source>Load</source>
        <translation>読み込む</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Eject</source>
        <translation>取り出す</translation>
    </message>
    <message>
        <source>As in the file</source>
        <translation>ファイルのまま</translation>
    </message>
    <message>
        <source>Number format in which the weights are kept in memory.</source>
        <translation>メモリ上の重みの数値形式です。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>How many texts can be written at the same time. Each takes memory for its state.</source>
        <translation>同時に書ける文章の数。それぞれが状態のメモリを使います。</translation>
    </message>
    <message>
        <source>The vocabulary file; empty: the one beside the model, else the one of Rookery.</source>
        <translation>語彙ファイル。空ならモデルの隣のもの、なければ Rookery のものを使います。</translation>
    </message>
    <message>
        <source>Choose a vocabulary file</source>
        <translation>語彙ファイルを選ぶ</translation>
    </message>
    <message>
        <source>&amp;Precision</source>
        <translation>精度(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Slots</source>
        <translation>スロット(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Vocabulary</source>
        <translation>語彙(&amp;V)</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>語彙</translation>
    </message>
    <message>
        <source>Loading progress</source>
        <translation>読み込みの進み具合</translation>
    </message>
    <message>
        <source>Loads the model with these choices.</source>
        <translation>この設定でモデルを読み込みます。</translation>
    </message>
    <message>
        <source>Stops loading; the model before stays.</source>
        <translation>読み込みを止めます。前のモデルは残ります。</translation>
    </message>
    <message>
        <source>Frees the memory of the loaded model.</source>
        <translation>読み込んだモデルのメモリを解放します。</translation>
    </message>
    <message>
        <source>As in the file (%1)</source>
        <translation>ファイルのまま（%1）</translation>
    </message>
    <message>
        <source>none found – choose one</source>
        <translation>見つかりません – 選んでください</translation>
    </message>
    <message>
        <source>Automatic: %1</source>
        <translation>自動: %1</translation>
    </message>
    <message>
        <source>Needs %1 of %2 free.</source>
        <translation>空き %2 のうち %1 を使います。</translation>
    </message>
    <message>
        <source>◐ Tight: needs %1 of %2 free; another program may push it out.</source>
        <translation>◐ ぎりぎり: 空き %2 のうち %1 が必要。他のプログラムに押し出されるかもしれません。</translation>
    </message>
    <message>
        <source>○ Too big: needs %1, only %2 are free.</source>
        <translation>○ 大きすぎます: %1 必要ですが、空きは %2 だけです。</translation>
    </message>
    <message>
        <source>%1: %2 …</source>
        <comment>model name: phase of loading</comment>
        <translation>%1: %2…</translation>
    </message>
    <message>
        <source>%1/s</source>
        <comment>bytes per second</comment>
        <translation>%1/秒</translation>
    </message>
    <message numerus="yes">
        <source>no progress for %n s</source>
        <translation>
            <numerusform>%n 秒間進んでいません</numerusform>
        </translation>
    </message>
    <message>
        <source>Load again</source>
        <translation>読み込み直す</translation>
    </message>
    <message numerus="yes">
        <source>Loaded as %1 with %n slots in %2.</source>
        <translation>
            <numerusform>%1、スロット %n 個で読み込みました（%2）。</numerusform>
        </translation>
    </message>
    <message>
        <source>Actual memory %1 (forecast %2).</source>
        <translation>実際のメモリ %1（予測 %2）。</translation>
    </message>
    <message>
        <source>Actual memory %1.</source>
        <translation>実際のメモリ %1。</translation>
    </message>
    <message>
        <source>Each text takes up to %1 more as it grows.</source>
        <translation>各テキストは長くなるにつれて最大 %1 を追加で使います。</translation>
    </message>
    <message>
        <source>Vocabulary files (*.txt)</source>
        <translation>語彙ファイル (*.txt)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Choose a vocabulary file first.</source>
        <translation>先に語彙ファイルを選んでください。</translation>
    </message>
    <message>
        <source>As the strategy says</source>
        <translation>ストラテジーのとおり</translation>
    </message>
    <message>
        <source>Where each layer runs and in which precision, such as “cpu fp32 *3 -&gt; cpu bf16”: three layers in fp32, the others in bf16.</source>
        <translation>各層をどこで、どの精度で動かすか。例: 「cpu fp32 *3 -&gt; cpu bf16」は 3 層を fp32、残りを bf16 にします。</translation>
    </message>
    <message>
        <source>S&amp;trategy</source>
        <translation>ストラテジー(&amp;T)</translation>
    </message>
    <message>
        <source>Correct the strategy first.</source>
        <translation>先にストラテジーを直してください。</translation>
    </message>
    <message>
        <source>Layers…</source>
        <translation>層…</translation>
    </message>
    <message>
        <source>Shows the layers, to choose device and precision of each.</source>
        <translation>層を表示し、それぞれのデバイスと精度を選びます。</translation>
    </message>
    <message>
        <source>&amp;Adapters</source>
        <translation>アダプター(&amp;A)</translation>
    </message>
    <message>
        <source>Strategy</source>
        <translation>ストラテジー</translation>
    </message>
    <message>
        <source>Where the model runs; the settings tell more of each device.</source>
        <translation>モデルを動かす場所。各デバイスの詳細は設定にあります。</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>デバイス(&amp;D)</translation>
    </message>
</context>
<context>
    <name>gui::LogModel</name>
    <message>
        <source>Trace</source>
        <comment>level of a log line</comment>
        <translation>トレース</translation>
    </message>
    <message>
        <source>Debug</source>
        <comment>level of a log line</comment>
        <translation>デバッグ</translation>
    </message>
    <message>
        <source>Info</source>
        <comment>level of a log line</comment>
        <translation>情報</translation>
    </message>
    <message>
        <source>Warning</source>
        <comment>level of a log line</comment>
        <translation>警告</translation>
    </message>
    <message>
        <source>Error</source>
        <comment>level of a log line</comment>
        <translation>エラー</translation>
    </message>
    <message>
        <source>Critical</source>
        <comment>level of a log line</comment>
        <translation>重大</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>レベル</translation>
    </message>
    <message>
        <source>Area</source>
        <comment>part of the program that wrote a log line</comment>
        <translation>部分</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>メッセージ</translation>
    </message>
</context>
<context>
    <name>gui::LogPage</name>
    <message>
        <source>Log lines</source>
        <translation>ログの行</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>ログ</translation>
    </message>
    <message>
        <source>Least level shown</source>
        <translation>表示する最低レベル</translation>
    </message>
    <message>
        <source>Shows lines of this level and above.</source>
        <translation>このレベル以上の行を表示します。</translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation>ログを検索</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>追従</translation>
    </message>
    <message>
        <source>Keeps the newest line in view.</source>
        <translation>最新の行を常に表示します。</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>報告をコピー</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>消去</translation>
    </message>
    <message>
        <source>Nothing was reported yet.</source>
        <translation>まだ報告はありません。</translation>
    </message>
    <message>
        <source>No line matches the filter.</source>
        <translation>条件に合う行がありません。</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>コピーしました。</translation>
    </message>
</context>
<context>
    <name>gui::MainWindow</name>
    <message>
        <source>Pages</source>
        <translation>ページ</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>開く</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>すべてのファイル (*)</translation>
    </message>
    <message>
        <source>There is nothing to take back.</source>
        <translation>取り消せる変更はありません。</translation>
    </message>
    <message>
        <source>Nothing was taken back.</source>
        <translation>取り消した変更はありません。</translation>
    </message>
    <message>
        <source>No text field has the focus.</source>
        <translation>入力欄が選ばれていません。</translation>
    </message>
    <message>
        <source>There is no text to copy here.</source>
        <translation>ここにはコピーできる文字がありません。</translation>
    </message>
    <message>
        <source>Models and states (*.pth *.safetensors *.gguf *.st *.bin *.rwkvstate)</source>
        <translation>モデルと状態 (*.pth *.safetensors *.gguf *.st *.bin *.rwkvstate)</translation>
    </message>
</context>
<context>
    <name>gui::MessageBar</name>
    <message>
        <source>Close this message</source>
        <translation>このメッセージを閉じる</translation>
    </message>
</context>
<context>
    <name>gui::MessageEditor</name>
    <message>
        <source>Text of the message</source>
        <translation>メッセージの文章</translation>
    </message>
    <message>
        <source>The earlier text is kept as another branch.</source>
        <translation>前の文章は別の枝として残ります。</translation>
    </message>
    <message>
        <source>The earlier answer is kept as another branch.</source>
        <translation>前の回答は別の枝として残ります。</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>送信</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>残す</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Ctrl+Enter</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
</context>
<context>
    <name>gui::MixChip</name>
    <message>
        <source>No mix</source>
        <translation>ミックスなし</translation>
    </message>
    <message>
        <source>Mix: %1</source>
        <translation>ミックス：%1</translation>
    </message>
    <message>
        <source>Mix: none</source>
        <translation>ミックス：なし</translation>
    </message>
    <message>
        <source>These states answer together: %1</source>
        <translation>これらの状態が一緒に答えます：%1</translation>
    </message>
    <message>
        <source>Several states can answer together; choose a mix</source>
        <translation>複数の状態が一緒に答えられます。ミックスを選んでください</translation>
    </message>
    <message>
        <source>This mix: %1</source>
        <translation>現在のミックス：%1</translation>
    </message>
    <message>
        <source>Example: %1</source>
        <translation>例：%1</translation>
    </message>
    <message>
        <source>Show the mixer</source>
        <translation>ミキサーを表示</translation>
    </message>
</context>
<context>
    <name>gui::MixDesk</name>
    <message>
        <source>It does not fit the model.</source>
        <translation>モデルに合いません。</translation>
    </message>
    <message>
        <source>Base</source>
        <translation>ベース</translation>
    </message>
    <message>
        <source>The model without a state</source>
        <translation>状態なしのモデル</translation>
    </message>
    <message>
        <source>“%1” cannot be a voice: %2</source>
        <translation>「%1」は声部にできません：%2</translation>
    </message>
    <message>
        <source>Pirate and poet</source>
        <translation>海賊と詩人</translation>
    </message>
</context>
<context>
    <name>gui::MixerLanePanel</name>
    <message>
        <source>Lanes</source>
        <translation>レーン</translation>
    </message>
    <message>
        <source>Share of each voice in this answer</source>
        <translation>この回答での各声部の割合</translation>
    </message>
    <message>
        <source>Take the last change of the lane back</source>
        <translation>レーンの最後の変更を元に戻す</translation>
    </message>
    <message>
        <source>Show the lane as it was played</source>
        <translation>再生されたときのレーンに戻す</translation>
    </message>
    <message>
        <source>Re-run from here</source>
        <translation>ここから再実行</translation>
    </message>
    <message>
        <source>Answers again with the same seed: as in the lane up to the playhead, then with the faders as they are</source>
        <translation>同じシードで答え直します。再生位置まではレーンどおり、その後は今のフェーダーで</translation>
    </message>
    <message>
        <source>Re-run with this lane</source>
        <translation>このレーンで再実行</translation>
    </message>
    <message>
        <source>Answers again with the same seed and this lane; the answer before is kept beside it</source>
        <translation>同じシードとこのレーンで答え直します。前の回答も残ります</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>From here</source>
        <translation>ここから</translation>
    </message>
    <message>
        <source>Re-run</source>
        <translation>再実行</translation>
    </message>
    <message>
        <source>Keep this lane in the mix: its next answers follow it, and it is saved with it</source>
        <translation>このレーンをミックスに残します。次の回答から従い、ミックスと一緒に保存されます</translation>
    </message>
</context>
<context>
    <name>gui::MixerLanes</name>
    <message>
        <source>Gates over the answer</source>
        <translation>回答の間のゲート</translation>
    </message>
    <message numerus="yes">
        <source>%n point(s), playhead at token %1 of %2</source>
        <translation>
            <numerusform>%n 個の点、再生位置はトークン %1 / %2</numerusform>
        </translation>
    </message>
    <message>
        <source>Token</source>
        <translation>トークン</translation>
    </message>
    <message>
        <source>At token %1 the sum of the gates would be too small.</source>
        <translation>トークン %1 でゲートの合計が小さくなりすぎます。</translation>
    </message>
    <message>
        <source>The first point says how the answer begins; it can be moved, not removed.</source>
        <translation>最初の点は回答の始まりを決めます。動かせますが削除できません。</translation>
    </message>
    <message>
        <source>Add a point here</source>
        <translation>ここに点を追加</translation>
    </message>
    <message>
        <source>Hold until the next point</source>
        <translation>次の点まで保持</translation>
    </message>
    <message>
        <source>Straight line to the next point</source>
        <translation>次の点まで直線</translation>
    </message>
    <message>
        <source>Remove this point</source>
        <translation>この点を削除</translation>
    </message>
    <message>
        <source>Playhead here</source>
        <translation>再生位置をここに</translation>
    </message>
    <message>
        <source>Token %1: “%2”</source>
        <translation>トークン %1：「%2」</translation>
    </message>
    <message>
        <source>%1: gate %2, share %3 %, KL %4</source>
        <translation>%1：ゲート %2、割合 %3 %、KL %4</translation>
    </message>
</context>
<context>
    <name>gui::MixerMeter</name>
    <message>
        <source>Share of this voice in the newest words: its gate times its probability of what was written</source>
        <translation>最新の語での声部の割合：ゲート × 書かれた語へのこの声部の確率</translation>
    </message>
    <message>
        <source>How far this voice is from what was sampled, in nats (KL divergence)</source>
        <translation>この声部とサンプル分布との距離（ナット、KL 情報量）</translation>
    </message>
    <message>
        <source>share –</source>
        <translation>割合 –</translation>
    </message>
    <message>
        <source>share %1 %</source>
        <translation>割合 %1 %</translation>
    </message>
    <message>
        <source>KL –</source>
        <translation>KL –</translation>
    </message>
    <message>
        <source>KL %1</source>
        <translation>KL %1</translation>
    </message>
</context>
<context>
    <name>gui::MixerModel</name>
    <message>
        <source>The model without a state</source>
        <translation>状態なしのモデル</translation>
    </message>
    <message>
        <source>Voice %1, gate %2</source>
        <translation>声部 %1、ゲート %2</translation>
    </message>
    <message>
        <source>At least one voice must be heard: the sum of the gates cannot be 0.</source>
        <translation>少なくとも一つの声部が必要です。ゲートの合計は 0 にできません。</translation>
    </message>
    <message>
        <source>Beside a negative gate the sum stays at %1 or more; less would only amplify noise.</source>
        <translation>負のゲートがあるとき合計は %1 以上に保たれます。それ以下は雑音を増すだけです。</translation>
    </message>
    <message>
        <source>Only a blend of logits can steer away from a voice.</source>
        <translation>声部から遠ざけられるのは logits のブレンドだけです。</translation>
    </message>
    <message>
        <source>A voice alone needs a gate above 0 and no mute.</source>
        <translation>ソロの声部には 0 より大きいゲートが必要で、ミュートはできません。</translation>
    </message>
    <message>
        <source>Probabilities cannot be subtracted: negative gates became 0.</source>
        <translation>確率は引けません。負のゲートは 0 になりました。</translation>
    </message>
    <message>
        <source>“%1” is a voice already.</source>
        <translation>「%1」はすでに声部です。</translation>
    </message>
    <message numerus="yes">
        <source>A mix has at most %n voice(s).</source>
        <translation>
            <numerusform>ミックスの声部は最大 %n 個です。</numerusform>
        </translation>
    </message>
    <message>
        <source>This lane is not for these voices and this blend.</source>
        <translation>このレーンは、この声部とブレンドには使えません。</translation>
    </message>
    <message>
        <source>The lane was for other voices or another blend; it was taken out of the mix.</source>
        <translation>レーンは別の声部やブレンドのものだったため、ミックスから外しました。</translation>
    </message>
</context>
<context>
    <name>gui::MixerPage</name>
    <message>
        <source>Ask something: the answer is written here, and the faders are heard from the next word on.</source>
        <translation>何か尋ねてください。回答はここに書かれ、フェーダーは次の語から効きます。</translation>
    </message>
    <message>
        <source>Say something to the mix</source>
        <translation>ミックスに話しかける</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>送信</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新しいチャット</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>回答を停止</translation>
    </message>
    <message>
        <source>Send to the mix</source>
        <translation>ミックスに送信</translation>
    </message>
    <message>
        <source>Waiting for a model. The message is answered when one is ready.</source>
        <translation>モデルを待っています。準備ができるとメッセージに答えます。</translation>
    </message>
    <message>
        <source>Load a model (Ctrl+L)</source>
        <translation>モデルを読み込む (Ctrl+L)</translation>
    </message>
    <message>
        <source>Opening the states…</source>
        <translation>状態を開いています…</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>次のトークン</translation>
    </message>
    <message>
        <source>Shows what the mix would say next; the text is read for it beforehand.</source>
        <translation>ミックスが次に言うことを表示します。そのため、先に文章を読みます。</translation>
    </message>
</context>
<context>
    <name>gui::MixerPanel</name>
    <message>
        <source>Mixer</source>
        <translation>ミキサー</translation>
    </message>
    <message>
        <source>The mixes cannot be saved.</source>
        <translation>ミックスを保存できません。</translation>
    </message>
    <message>
        <source>Σg = %1</source>
        <comment>sum of the gates</comment>
        <translation>Σg = %1</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Every voice takes a row of the model and the memory of one state</source>
        <translation>声部ごとにモデルの 1 行と状態 1 つ分のメモリを使います</translation>
    </message>
    <message>
        <source>“%1” cannot be used with this model: %2</source>
        <translation>「%1」はこのモデルでは使えません：%2</translation>
    </message>
    <message>
        <source>No model is loaded. The mix can be set up already; it is heard when one is.</source>
        <translation>モデルが読み込まれていません。ミックスは先に設定でき、読み込むと聞こえます。</translation>
    </message>
    <message numerus="yes">
        <source>The mix needs %n row(s).</source>
        <translation>
            <numerusform>ミックスには %n 行必要です。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The model was loaded with %n; load it with more.</source>
        <translation>
            <numerusform>モデルは %n 行で読み込まれています。より多い行で読み込んでください。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n is free at the moment; the answer waits for more.</source>
        <translation>
            <numerusform>現在の空きは %n 行です。回答は空きを待ちます。</numerusform>
        </translation>
    </message>
    <message>
        <source>This holds from the next answer on; only gates move while one is written.</source>
        <translation>次の回答から有効です。書いている間に動くのはゲートだけです。</translation>
    </message>
    <message>
        <source>It is a voice already.</source>
        <translation>すでに声部です。</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>名前を付けて保存…</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>名前を変更…</translation>
    </message>
    <message>
        <source>There is another mix with the name “%1”.</source>
        <translation>「%1」という名前のミックスがあります。</translation>
    </message>
    <message>
        <source>Delete the saved mix</source>
        <translation>保存したミックスを削除</translation>
    </message>
    <message>
        <source>Copy as RWKV-Infer request</source>
        <translation>RWKV-Infer リクエストとしてコピー</translation>
    </message>
    <message>
        <source>The request was copied; it is the body of /mrss_loadstatemodel.</source>
        <translation>リクエストをコピーしました。/mrss_loadstatemodel の本文です。</translation>
    </message>
    <message>
        <source>The request was copied; RWKV-Infer blends logits, not probabilities.</source>
        <translation>リクエストをコピーしました。RWKV-Infer は確率ではなく logits を混ぜます。</translation>
    </message>
    <message>
        <source>Remove all voices</source>
        <translation>すべての声部を外す</translation>
    </message>
    <message>
        <source>“%1” was deleted.</source>
        <translation>「%1」を削除しました。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>Answer with this mix</source>
        <translation>このミックスで答える</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Whether the current chat answers with this mix</source>
        <translation>現在のチャットがこのミックスで答えるかどうか</translation>
    </message>
    <message>
        <source>Take the last change of the mix back</source>
        <translation>ミックスの最後の変更を元に戻す</translation>
    </message>
    <message>
        <source>Make the change of the mix again</source>
        <translation>ミックスの変更をやり直す</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Keeps this mix under a name</source>
        <translation>このミックスに名前を付けて保存します</translation>
    </message>
    <message>
        <source>More for this mix</source>
        <translation>このミックスのその他の操作</translation>
    </message>
    <message>
        <source>Name of the mix</source>
        <translation>ミックスの名前</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Do not save</source>
        <translation>保存しない</translation>
    </message>
    <message>
        <source>Logits</source>
        <translation>Logits</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>確率</translation>
    </message>
    <message>
        <source>Σ g l / Σ g, as RWKV-Infer does; negative gates steer away</source>
        <translation>Σ g l / Σ g（RWKV-Infer と同じ）。負のゲートは遠ざけます</translation>
    </message>
    <message>
        <source>Σ g p / Σ g; no gate may be negative</source>
        <translation>Σ g p / Σ g。ゲートは負にできません</translation>
    </message>
    <message>
        <source>How the voices become one: logits (as RWKV-Infer does, with negative gates) or probabilities</source>
        <translation>声部の混ぜ方：logits（RWKV-Infer と同じ、負のゲート可）または確率</translation>
    </message>
    <message>
        <source>Blend</source>
        <translation>ブレンド</translation>
    </message>
    <message>
        <source>Sum of the gates that are heard; the blend is divided by it</source>
        <translation>鳴っているゲートの合計。ブレンドはこれで割られます</translation>
    </message>
    <message>
        <source>Normalise</source>
        <translation>正規化</translation>
    </message>
    <message>
        <source>Scales the gates to the sum 1; what is heard stays the same</source>
        <translation>合計が 1 になるようゲートを調整します。結果は変わりません</translation>
    </message>
    <message>
        <source>Gates as set</source>
        <translation>設定どおりのゲート</translation>
    </message>
    <message>
        <source>Surest is louder</source>
        <translation>確信の強い声部を大きく</translation>
    </message>
    <message>
        <source>Least hesitant is louder</source>
        <translation>迷いの少ない声部を大きく</translation>
    </message>
    <message>
        <source>Outliers are quieter</source>
        <translation>外れた声部を小さく</translation>
    </message>
    <message>
        <source>Gates can follow the voices at every token; the faders stay where they are</source>
        <translation>ゲートはトークンごとに声部に従えます。フェーダーは動きません</translation>
    </message>
    <message>
        <source>Gate policy</source>
        <translation>ゲートの方針</translation>
    </message>
    <message>
        <source>How strongly the gates follow, from −10 to 10; below 0 the reverse</source>
        <translation>ゲートが従う強さ、−10 から 10。0 未満は逆になります</translation>
    </message>
    <message>
        <source>Strength of the gate policy</source>
        <translation>ゲートの方針の強さ</translation>
    </message>
    <message>
        <source>Add voice</source>
        <translation>声部を追加</translation>
    </message>
    <message>
        <source>Adds a state, or the base, as a further voice</source>
        <translation>状態またはベースを声部として追加します</translation>
    </message>
    <message>
        <source>Add a state</source>
        <translation>状態を追加</translation>
    </message>
    <message>
        <source>Load example mix</source>
        <translation>例のミックスを読み込む</translation>
    </message>
    <message>
        <source>The state that this chat begins from is not used while the mix answers.</source>
        <translation>ミックスが答える間、このチャットの開始状態は使われません。</translation>
    </message>
    <message>
        <source>Drop states here. Each becomes a voice; the faders set how much each one says.</source>
        <translation>ここに状態をドロップしてください。状態が一つずつ声部になり、フェーダーで話す量を決めます。</translation>
    </message>
    <message>
        <source>Answers follow the lane of this mix until a fader is moved. Takes the lane out.</source>
        <translation>フェーダーを動かすまで、回答はこのミックスのレーンに従います。押すとレーンを外します。</translation>
    </message>
    <message numerus="yes">
        <source>Lane: %n point(s)</source>
        <translation>
            <numerusform>レーン：%n 点</numerusform>
        </translation>
    </message>
    <message>
        <source>Take the lane out of the mix</source>
        <translation>ミックスからレーンを外す</translation>
    </message>
</context>
<context>
    <name>gui::MixerStrip</name>
    <message>
        <source>Gate of this voice; a click lets you type it</source>
        <translation>この声部のゲート。クリックで入力できます</translation>
    </message>
    <message>
        <source>Gate of %1</source>
        <translation>%1 のゲート</translation>
    </message>
    <message>
        <source>In hundredths, from −100 to 200</source>
        <translation>百分の一単位、−100 から 200</translation>
    </message>
    <message>
        <source>How much this voice says, from −1 to 2. Arrows and wheel 0.01, with Shift 0.1; 0 silences it; M mutes, S plays it alone; a double click lets you type.</source>
        <translation>この声部が話す量、−1 から 2。矢印キーとホイールで 0.01、Shift で 0.1。0 で無音、M でミュート、S でソロ、ダブルクリックで入力。</translation>
    </message>
    <message>
        <source>M</source>
        <comment>mute button of a mixer</comment>
        <translation>M</translation>
    </message>
    <message>
        <source>Mute %1</source>
        <translation>%1 をミュート</translation>
    </message>
    <message>
        <source>Silences this voice; its gate stays (M)</source>
        <translation>この声部を無音にします。ゲートはそのまま (M)</translation>
    </message>
    <message>
        <source>S</source>
        <comment>solo button of a mixer</comment>
        <translation>S</translation>
    </message>
    <message>
        <source>Solo %1</source>
        <translation>%1 をソロ</translation>
    </message>
    <message>
        <source>Only voices with S are heard (S)</source>
        <translation>S の付いた声部だけが聞こえます (S)</translation>
    </message>
    <message>
        <source>More for %1</source>
        <translation>%1 のその他の操作</translation>
    </message>
    <message>
        <source>Move or remove this voice</source>
        <translation>この声部を移動または削除</translation>
    </message>
    <message>
        <source>The model without a state; always the last voice</source>
        <translation>状態なしのモデル。常に最後の声部です</translation>
    </message>
    <message>
        <source>Gate of %1: %2</source>
        <translation>%1 のゲート：%2</translation>
    </message>
    <message>
        <source>does not fit</source>
        <translation>合いません</translation>
    </message>
    <message>
        <source>Move to the left</source>
        <translation>左へ移動</translation>
    </message>
    <message>
        <source>Move to the right</source>
        <translation>右へ移動</translation>
    </message>
    <message>
        <source>Remove this voice</source>
        <translation>この声部を削除</translation>
    </message>
</context>
<context>
    <name>gui::ModelListModel</name>
    <message>
        <source>Needs %1; %2 are free.</source>
        <translation>%1 が必要、空きは %2 です。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>Family</source>
        <comment>of models, such as RWKV-7</comment>
        <translation>系列</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>パラメーター</translation>
    </message>
    <message>
        <source>Dtype</source>
        <comment>number format of the weights</comment>
        <translation>数値型</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>サイズ</translation>
    </message>
    <message>
        <source>Fit</source>
        <comment>whether the model fits into memory</comment>
        <translation>メモリ</translation>
    </message>
</context>
<context>
    <name>gui::ModelsPage</name>
    <message numerus="yes">
        <source>Scanning… %n found</source>
        <translation>
            <numerusform>スキャン中… %n 個</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model folder(s) are not there.</source>
        <translation>
            <numerusform>モデルのフォルダーが %n 個ありません。</numerusform>
        </translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再試行</translation>
    </message>
    <message>
        <source>Select a model first.</source>
        <translation>先にモデルを選んでください。</translation>
    </message>
    <message>
        <source>Add a folder with models</source>
        <translation>モデルのフォルダーを追加</translation>
    </message>
    <message>
        <source>Choose a model file</source>
        <translation>モデルファイルを選ぶ</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>すべてのファイル (*)</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stops scanning; what was found stays.</source>
        <translation>スキャンを止めます。見つかった分は残ります。</translation>
    </message>
    <message>
        <source>Filter by name, family, dtype</source>
        <translation>名前・系列・数値型で絞り込む</translation>
    </message>
    <message>
        <source>Filter the models</source>
        <translation>モデルを絞り込む</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概要</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>テンソル</translation>
    </message>
    <message>
        <source>Filter, such as blocks.12.att</source>
        <translation>絞り込み（例: blocks.12.att）</translation>
    </message>
    <message>
        <source>Filter the tensors</source>
        <translation>テンソルを絞り込む</translation>
    </message>
    <message>
        <source>Choose a model on the left to see what it is and to load it.

Drop model files or folders anywhere in this window to add them.</source>
        <translation>左でモデルを選ぶと、内容を見て読み込めます。

モデルファイルやフォルダーは、このウィンドウのどこにドロップしても追加できます。</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>フォルダーを追加…</translation>
    </message>
    <message>
        <source>%1 parameters</source>
        <translation>%1 パラメーター</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>層</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>幅</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>ヘッド</translation>
    </message>
    <message>
        <source>%1 of %2 channels</source>
        <translation>%1 個（各 %2 チャンネル）</translation>
    </message>
    <message>
        <source>Hidden width</source>
        <translation>隠れ層の幅</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>語彙</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 トークン</translation>
    </message>
    <message>
        <source>Memory of one text</source>
        <translation>文章一つの記憶</translation>
    </message>
    <message>
        <source>Vocabulary file</source>
        <translation>語彙ファイル</translation>
    </message>
    <message>
        <source>none found</source>
        <translation>見つかりません</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>File</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>comes with Rookery</source>
        <translation>Rookery に付属</translation>
    </message>
    <message>
        <source>This model comes with Rookery.</source>
        <translation>このモデルは Rookery に付属しています。</translation>
    </message>
    <message>
        <source>Only files that were opened one by one can be removed.</source>
        <translation>外せるのは単独で開いたファイルだけです。</translation>
    </message>
    <message>
        <source>Model files (*.pth *.safetensors *.gguf *.st *.bin)</source>
        <translation>モデルファイル (*.pth *.safetensors *.gguf *.st *.bin)</translation>
    </message>
    <message>
        <source>This model cannot be loaded.</source>
        <translation>このモデルは読み込めません。</translation>
    </message>
    <message>
        <source>There is no model in “%1”.</source>
        <translation>「%1」にモデルはありません。</translation>
    </message>
    <message>
        <source>The folder stays in the list: models that are put there appear by themselves.</source>
        <translation>フォルダーは一覧に残ります。そこに置いたモデルは自動的に現れます。</translation>
    </message>
</context>
<context>
    <name>gui::MonitorPage</name>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Generated</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Read</source>
        <comment>prompt tokens that were read</comment>
        <translation>読み取り</translation>
    </message>
    <message>
        <source>Rows</source>
        <comment>texts that are written at the same time</comment>
        <translation>行数</translation>
    </message>
    <message>
        <source>Generating</source>
        <translation>生成中</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>読み取り中</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>待機</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>モニター</translation>
    </message>
    <message>
        <source>60 s</source>
        <translation>60 秒</translation>
    </message>
    <message>
        <source>10 min</source>
        <translation>10 分</translation>
    </message>
    <message>
        <source>Shows the last %1.</source>
        <translation>直近の %1 を表示します。</translation>
    </message>
    <message>
        <source>No model is loaded; speed and rows begin with the first one.</source>
        <translation>モデルが読み込まれていません。速度と行数は読み込むと始まります。</translation>
    </message>
    <message>
        <source>%1 generated, %2 read.</source>
        <translation>生成 %1、読み取り %2。</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>busy rows</comment>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1 generating, %2 reading, %3 queued; %4 slots.</source>
        <translation>生成中 %1、読み取り中 %2、待機 %3。スロット %4。</translation>
    </message>
    <message>
        <source>Plots</source>
        <translation>グラフ</translation>
    </message>
</context>
<context>
    <name>gui::NextTokenTable</name>
    <message>
        <source>Next token</source>
        <translation>次のトークン</translation>
    </message>
    <message>
        <source>What the mix would say next, before sampling: how probable each token is in the blend and to each voice alone. It follows the faders.</source>
        <translation>サンプリング前に、ミックスが次に言うこと。各トークンの確率を、ブレンドと各声部単独とで示します。フェーダーに従います。</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>読んでいます…</translation>
    </message>
    <message>
        <source>Type something below: what the mix would begin its answer with is shown here.</source>
        <translation>下に何か入力すると、ミックスの回答の始まりがここに表示されます。</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>トークン</translation>
    </message>
    <message>
        <source>Mix</source>
        <comment>the blend of all voices</comment>
        <translation>ミックス</translation>
    </message>
    <message>
        <source>#%1</source>
        <comment>a token&apos;s number</comment>
        <translation>#%1</translation>
    </message>
    <message>
        <source>Token %1</source>
        <translation>トークン %1</translation>
    </message>
</context>
<context>
    <name>gui::PlotView</name>
    <message>
        <source>now</source>
        <translation>現在</translation>
    </message>
    <message>
        <source>%1 min</source>
        <comment>minutes</comment>
        <translation>%1 分</translation>
    </message>
    <message>
        <source>%1 s</source>
        <comment>seconds</comment>
        <translation>%1 秒</translation>
    </message>
</context>
<context>
    <name>gui::Presets</name>
    <message>
        <source>Balanced</source>
        <translation>バランス</translation>
    </message>
    <message>
        <source>Precise</source>
        <translation>正確</translation>
    </message>
    <message>
        <source>Creative</source>
        <translation>創造的</translation>
    </message>
</context>
<context>
    <name>gui::ProbeColumns</name>
    <message>
        <source>Opening…</source>
        <translation>開いています…</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>読んでいます…</translation>
    </message>
    <message numerus="yes">
        <source>Writing… %n token(s)</source>
        <translation>
            <numerusform>書いています… %n トークン</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Done, %n token(s)</source>
        <translation>
            <numerusform>完了、%n トークン</numerusform>
        </translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>停止しました</translation>
    </message>
    <message>
        <source>Could not answer</source>
        <translation>答えられませんでした</translation>
    </message>
    <message>
        <source>Answer of %1</source>
        <translation>%1 の答え</translation>
    </message>
    <message>
        <source>Use in a chat</source>
        <translation>チャットで使う</translation>
    </message>
    <message>
        <source>Bake the blend into a file first; then it can begin chats.</source>
        <translation>先にブレンドをファイルに書き出すと、チャットを始められます。</translation>
    </message>
    <message>
        <source>Begins a new chat.</source>
        <translation>新しいチャットを始めます。</translation>
    </message>
    <message>
        <source>Begins a new chat from this state.</source>
        <translation>この状態から新しいチャットを始めます。</translation>
    </message>
</context>
<context>
    <name>gui::RequestLogModel</name>
    <message>
        <source>The client left before its answer was complete.</source>
        <translation>回答が終わる前にクライアントが切断しました。</translation>
    </message>
    <message>
        <source>not HTTP</source>
        <translation>HTTP ではありません</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ミリ秒</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時間</translation>
    </message>
    <message>
        <source>Status</source>
        <comment>of an HTTP answer: 200, 404</comment>
        <translation>状態</translation>
    </message>
    <message>
        <source>Took</source>
        <comment>how long an answer took</comment>
        <translation>所要時間</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>トークン</translation>
    </message>
    <message>
        <source>From</source>
        <comment>address of a client</comment>
        <translation>接続元</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>リクエスト</translation>
    </message>
</context>
<context>
    <name>gui::SamplingPanel</name>
    <message>
        <source>Sampling</source>
        <translation>サンプリング</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>プリセット</translation>
    </message>
    <message>
        <source>A named set of the values below</source>
        <translation>下の値に名前を付けたもの</translation>
    </message>
    <message>
        <source>Save as preset</source>
        <translation>プリセットとして保存</translation>
    </message>
    <message>
        <source>Saves the values below under a name</source>
        <translation>下の値に名前を付けて保存します</translation>
    </message>
    <message>
        <source>Delete preset</source>
        <translation>プリセットを削除</translation>
    </message>
    <message>
        <source>Deletes the chosen preset; those that come with Rookery stay</source>
        <translation>選んだプリセットを削除します。Rookery 付属のものは残ります</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>プリセットの名前</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Reset %1</source>
        <translation>%1 を戻す</translation>
    </message>
    <message>
        <source>Back to what the preset says</source>
        <translation>プリセットの値に戻します</translation>
    </message>
    <message>
        <source>Choice of words</source>
        <translation>言葉の選び方</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 = always the likeliest word; above 1 = bolder. 0 to 10, no unit.</source>
        <translation>0 = 常に最もありそうな語、1 より大きいほど大胆。0～10、単位なし。</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Only the likeliest words that together have this share of the probability. 0 to 1; 1 = off.</source>
        <translation>確率の合計がこの割合になる、ありそうな語だけを使います。0～1、1 = オフ。</translation>
    </message>
    <message>
        <source>off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Only so many of the likeliest words. A count; 0 = off.</source>
        <translation>ありそうな語をこの個数だけ使います。個数、0 = オフ。</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Drops words less likely than this share of the likeliest. 0 to 1; 0 = off.</source>
        <translation>最もありそうな語の確率に対し、この割合より低い語を除きます。0～1、0 = オフ。</translation>
    </message>
    <message>
        <source>Typical-p</source>
        <translation>Typical-p</translation>
    </message>
    <message>
        <source>Keeps the words of typical surprise that together have this share. 0 to 1; 1 = off.</source>
        <translation>意外さが典型的な語を、合計がこの割合になるまで残します。0～1、1 = オフ。</translation>
    </message>
    <message>
        <source>Against repetition</source>
        <translation>繰り返しを防ぐ</translation>
    </message>
    <message>
        <source>Presence</source>
        <translation>出現</translation>
    </message>
    <message>
        <source>Taken once from words that were used. −10 to 10, in logits; 0 = off.</source>
        <translation>使った語から一度だけ引きます。−10～10、ロジット単位、0 = オフ。</translation>
    </message>
    <message>
        <source>Frequency</source>
        <translation>頻度</translation>
    </message>
    <message>
        <source>Taken for every use of a word. −10 to 10, in logits; 0 = off.</source>
        <translation>語を使うたびに引きます。−10～10、ロジット単位、0 = オフ。</translation>
    </message>
    <message>
        <source>Repetition</source>
        <translation>繰り返し</translation>
    </message>
    <message>
        <source>Divides the logits of words that were used. 0.01 to 10, a factor; 1 = off.</source>
        <translation>使った語のロジットをこの値で割ります。0.01～10、倍率、1 = オフ。</translation>
    </message>
    <message>
        <source>Decay</source>
        <translation>減衰</translation>
    </message>
    <message>
        <source>How fast uses are forgotten: a factor per token. 0 to 1; 1 = never.</source>
        <translation>使用回数を忘れる速さ。トークンごとの係数。0～1、1 = 忘れない。</translation>
    </message>
    <message>
        <source>fixed</source>
        <translation>固定</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>シード</translation>
    </message>
    <message>
        <source>The same seed gives the same answer again. A whole number; not fixed = a new one each time.</source>
        <translation>同じシードなら同じ回答になります。整数。固定しなければ毎回新しくなります。</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>Where an answer is cut off, in tokens.</source>
        <translation>回答を切る長さ（トークン）。</translation>
    </message>
    <message>
        <source> tok</source>
        <translation> トークン</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>On</source>
        <translation>オン</translation>
    </message>
    <message>
        <source>Short</source>
        <translation>短く</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Whether a reasoning model thinks before it answers. Other models ignore it.</source>
        <translation>推論モデルが回答の前に考えるかどうか。ほかのモデルでは無視されます。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>World</source>
        <translation>World</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>推論</translation>
    </message>
    <message>
        <source>Raw</source>
        <translation>そのまま</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>チャットの形式</translation>
    </message>
    <message>
        <source>How messages become a prompt. Automatic: by the model&apos;s name. Raw: the text as it is.</source>
        <translation>メッセージをプロンプトにする方法。自動：モデル名による。そのまま：文章をそのまま使う。</translation>
    </message>
    <message>
        <source>e.g. \n\nUser | END</source>
        <translation>例：\n\nUser | END</translation>
    </message>
    <message>
        <source>Stop at</source>
        <translation>止める語</translation>
    </message>
    <message>
        <source>Texts that end the answer, at most 16, separated by |. \n is a line break.</source>
        <translation>回答を終える文字列。最大 16 個、| で区切ります。\n は改行です。</translation>
    </message>
    <message>
        <source>What the model should know or be in this chat</source>
        <translation>このチャットでモデルが知るべきこと、なるべき役割</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>システムプロンプト</translation>
    </message>
    <message>
        <source>Stands before the conversation.</source>
        <translation>会話の前に置かれます。</translation>
    </message>
    <message>
        <source>%1 (changed)</source>
        <translation>%1（変更あり）</translation>
    </message>
    <message>
        <source>This name cannot be used: it is empty or belongs to a preset that comes with Rookery.</source>
        <translation>この名前は使えません。空か、Rookery 付属のプリセットの名前です。</translation>
    </message>
    <message>
        <source>Own values</source>
        <translation>独自の値</translation>
    </message>
</context>
<context>
    <name>gui::ServerForm</name>
    <message>
        <source>Address</source>
        <translation>アドレス</translation>
    </message>
    <message>
        <source>Who can reach the server.</source>
        <translation>サーバーに接続できる範囲です。</translation>
    </message>
    <message>
        <source>Only this computer</source>
        <translation>このコンピューターのみ</translation>
    </message>
    <message>
        <source>Local network (%1)</source>
        <translation>ローカルネットワーク (%1)</translation>
    </message>
    <message>
        <source>Open to</source>
        <translation>公開先</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>ポート</translation>
    </message>
    <message>
        <source>Where programs find the server: the number behind the colon of its address.</source>
        <translation>プログラムがサーバーを見つける場所です。アドレスのコロンの後ろの数字です。</translation>
    </message>
    <message>
        <source>Turn on when Rookery starts</source>
        <translation>Rookery の起動時にオンにする</translation>
    </message>
    <message>
        <source>For other computers only at an address that was turned on before.</source>
        <translation>ほかのコンピューター向けには、以前オンにしたアドレスに限ります。</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>キー</translation>
    </message>
    <message>
        <source>Ask for a key</source>
        <translation>キーを求める</translation>
    </message>
    <message>
        <source>Programs must know the key. Other computers always need it.</source>
        <translation>プログラムはキーを知っている必要があります。ほかのコンピューターには常に必要です。</translation>
    </message>
    <message>
        <source>Made at the first start</source>
        <translation>初めてオンにするときに作られます</translation>
    </message>
    <message>
        <source>Shows or hides the key</source>
        <translation>キーを表示または隠します</translation>
    </message>
    <message>
        <source>Copies the key</source>
        <translation>キーをコピーします</translation>
    </message>
    <message>
        <source>New</source>
        <comment>make a new key</comment>
        <translation>新規</translation>
    </message>
    <message>
        <source>Makes another key; programs that know the old one are refused.</source>
        <translation>別のキーを作ります。古いキーを使うプログラムは拒否されます。</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>制限</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>Texts that are written at once, of models that requests load. A model that the window loaded keeps its own.</source>
        <translation>リクエストが読み込むモデルで同時に書かれるテキストの数です。ウィンドウで読み込んだモデルはその設定のままです。</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>待ち行列</translation>
    </message>
    <message>
        <source>None</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Requests that may wait for a row; more are told to come again later.</source>
        <translation>行が空くのを待てるリクエストの数です。それを超えると、後でもう一度送るよう伝えます。</translation>
    </message>
    <message>
        <source>Request size</source>
        <translation>リクエストの大きさ</translation>
    </message>
    <message>
        <source> MiB</source>
        <translation> MiB</translation>
    </message>
    <message>
        <source>Larger requests are refused.</source>
        <translation>これより大きいリクエストは拒否されます。</translation>
    </message>
    <message>
        <source>Folders that requests may use</source>
        <translation>リクエストが使えるフォルダー</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Requests may load the models beneath it, by name.</source>
        <translation>リクエストはその中のモデルを名前で読み込めます。</translation>
    </message>
    <message>
        <source>States</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>Requests may load and save the states beneath it, by name.</source>
        <translation>リクエストはその中の状態を名前で読み込み、保存できます。</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>アダプター</translation>
    </message>
    <message>
        <source>Requests may use the adapters beneath it, by name.</source>
        <translation>リクエストはその中のアダプターを名前で使えます。</translation>
    </message>
    <message>
        <source>None</source>
        <comment>no folder</comment>
        <translation>なし</translation>
    </message>
    <message>
        <source>Chooses the folder</source>
        <translation>フォルダーを選びます</translation>
    </message>
    <message>
        <source>Keys of single programs</source>
        <translation>プログラムごとのキー</translation>
    </message>
    <message>
        <source>Name of a program</source>
        <translation>プログラムの名前</translation>
    </message>
    <message>
        <source>A key of its own for a program: it can be taken away without the others noticing.</source>
        <translation>プログラム専用のキー。ほかに影響なく取り消せます。</translation>
    </message>
    <message>
        <source>Web pages that may call</source>
        <translation>呼び出せるウェブページ</translation>
    </message>
    <message>
        <source>Pages of this origin may use the server from a browser; no others can. Scheme, name and port, as browsers write them.</source>
        <translation>このオリジンのページだけが、ブラウザーからサーバーを使えます。スキーム、名前、ポートをブラウザーと同じように書きます。</translation>
    </message>
    <message>
        <source>“%1” is no origin: expected http:// or https://, a name and perhaps a port.</source>
        <translation>「%1」はオリジンではありません。http:// か https://、名前、必要ならポートを書いてください。</translation>
    </message>
</context>
<context>
    <name>gui::ServerHost</name>
    <message>
        <source>“%1” has a key already.</source>
        <translation>「%1」にはもうキーがあります。</translation>
    </message>
    <message numerus="yes">
        <source>There can be at most %n key(s).</source>
        <translation>
            <numerusform>キーは最大 %n 個です。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 cannot be written.</source>
        <translation>%1 に書き込めません。</translation>
    </message>
</context>
<context>
    <name>gui::ServerPage</name>
    <message>
        <source>Server</source>
        <translation>サーバー</translation>
    </message>
    <message>
        <source>Lets other programs use the model over HTTP: the interface of OpenAI and that of RWKV-Infer.</source>
        <translation>ほかのプログラムが HTTP でモデルを使えるようにします。OpenAI と RWKV-Infer のインターフェースです。</translation>
    </message>
    <message>
        <source>Copy as curl</source>
        <translation>curl としてコピー</translation>
    </message>
    <message>
        <source>A question for a terminal; the key, if one is asked for, is in it.</source>
        <translation>ターミナル用の質問です。キーを求める場合はキーも含まれます。</translation>
    </message>
    <message>
        <source>Answering now</source>
        <translation>回答中</translation>
    </message>
    <message>
        <source>Cancel request</source>
        <translation>リクエストを取り消す</translation>
    </message>
    <message>
        <source>Ends the selected request; its program is told.</source>
        <translation>選んだリクエストを終わらせ、そのプログラムに知らせます。</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>回答済み</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>消去</translation>
    </message>
    <message>
        <source>Empties the list.</source>
        <translation>一覧を空にします。</translation>
    </message>
    <message>
        <source>Other computers will be able to use this server.</source>
        <translation>ほかのコンピューターがこのサーバーを使えるようになります。</translation>
    </message>
    <message>
        <source>Turn on</source>
        <translation>オンにする</translation>
    </message>
    <message>
        <source>○ Off</source>
        <translation>○ オフ</translation>
    </message>
    <message>
        <source>◐ Starting</source>
        <translation>◐ 開始しています</translation>
    </message>
    <message>
        <source>● On</source>
        <translation>● オン</translation>
    </message>
    <message numerus="yes">
        <source>● On, answering %n request(s)</source>
        <translation>
            <numerusform>● オン、%n 件のリクエストに回答中</numerusform>
        </translation>
    </message>
    <message>
        <source>◐ Stopping</source>
        <translation>◐ 停止しています</translation>
    </message>
    <message numerus="yes">
        <source>◐ Finishing %n request(s)</source>
        <translation>
            <numerusform>◐ %n 件のリクエストを終えています</numerusform>
        </translation>
    </message>
    <message>
        <source>○ Failed</source>
        <translation>○ 失敗</translation>
    </message>
    <message>
        <source>Turn off</source>
        <translation>オフにする</translation>
    </message>
    <message>
        <source>The server could not start.</source>
        <translation>サーバーを開始できませんでした。</translation>
    </message>
    <message>
        <source>Port %1 is used by another program.</source>
        <translation>ポート %1 はほかのプログラムが使っています。</translation>
    </message>
    <message>
        <source>Use %1</source>
        <comment>a port</comment>
        <translation>%1 を使う</translation>
    </message>
    <message>
        <source>Nobody asks for anything right now.</source>
        <translation>今はリクエストがありません。</translation>
    </message>
    <message>
        <source>The server is off.</source>
        <translation>サーバーはオフです。</translation>
    </message>
    <message>
        <source>Requests are listed here: when, what, how they ended. Never their keys or texts.</source>
        <translation>リクエストがここに並びます。いつ、何が、どう終わったか。キーや本文は決して含みません。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copies the address, for programs that ask for a base URL.</source>
        <translation>アドレスをコピーします。base URL を求めるプログラムのためのものです。</translation>
    </message>
    <message>
        <source>Whoever knows the key can make it answer and, in the allowed folders, load and save. What they send is not encrypted on its way.</source>
        <translation>キーを知っている人は回答させたり、許可したフォルダーで読み込みや保存ができます。送られる内容は暗号化されません。</translation>
    </message>
</context>
<context>
    <name>gui::SettingsPage</name>
    <message>
        <source>No setting matches.</source>
        <translation>一致する設定がありません。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>設定を検索</translation>
    </message>
    <message>
        <source>Changed only</source>
        <translation>変更した項目だけ</translation>
    </message>
    <message>
        <source>Shows only settings that differ from their default.</source>
        <translation>初期値と違う設定だけを表示します。</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外観</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>Light, dark, or as the desktop says.</source>
        <translation>明るい、暗い、またはデスクトップに合わせます。</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>デスクトップに合わせる</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>ライト</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>ダーク</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>言語</translation>
    </message>
    <message>
        <source>Of menus, pages and messages.</source>
        <translation>メニュー、ページ、メッセージの言語です。</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字の大きさ</translation>
    </message>
    <message>
        <source>Also with Ctrl + and Ctrl −.</source>
        <translation>Ctrl + と Ctrl − でも変えられます。</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Model folders</source>
        <translation>モデルのフォルダー</translation>
    </message>
    <message>
        <source>Searched for model files, besides %1.</source>
        <translation>%1 のほかに、モデルファイルを探す場所です。</translation>
    </message>
    <message>
        <source>At start</source>
        <translation>起動時</translation>
    </message>
    <message>
        <source>Saves a click if you always use the same model.</source>
        <translation>いつも同じモデルを使うなら手間が省けます。</translation>
    </message>
    <message>
        <source>Load the model of last time</source>
        <translation>前回のモデルを読み込む</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>エンジン</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>スレッド</translation>
    </message>
    <message>
        <source>Processors that compute.</source>
        <translation>計算に使うプロセッサーの数です。</translation>
    </message>
    <message>
        <source>One per processor</source>
        <translation>プロセッサーごとに一つ</translation>
    </message>
    <message>
        <source>Prefix cache</source>
        <translation>プレフィックスキャッシュ</translation>
    </message>
    <message>
        <source>Memory for what was read before, so that the next question in a chat starts at once.</source>
        <translation>読んだ内容を覚えておくメモリです。チャットの次の質問がすぐ始まります。</translation>
    </message>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>Takes effect when Rookery starts next time.</source>
        <translation>次に Rookery を起動したときに有効になります。</translation>
    </message>
    <message>
        <source>Back to the default</source>
        <translation>初期値に戻す</translation>
    </message>
    <message>
        <source>%1: back to the default</source>
        <translation>%1: 初期値に戻す</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>追加…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>外す</translation>
    </message>
    <message>
        <source>Takes the folder off the list; its files stay.</source>
        <translation>一覧からフォルダーを外します。ファイルは残ります。</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>デバイス</translation>
    </message>
</context>
<context>
    <name>gui::StateChip</name>
    <message>
        <source>Empty memory</source>
        <translation>空の記憶</translation>
    </message>
    <message>
        <source>What the model remembers before the first message. A change counts from the next answer on.</source>
        <translation>最初のメッセージより前にモデルが覚えていること。変更は次の回答から有効です。</translation>
    </message>
    <message>
        <source>The chat begins from: %1</source>
        <translation>チャットの出発点：%1</translation>
    </message>
    <message>
        <source>The model knows nothing of any chat.</source>
        <translation>モデルはどのチャットも知りません。</translation>
    </message>
    <message>
        <source>Other file…</source>
        <translation>ほかのファイル…</translation>
    </message>
    <message>
        <source>All states</source>
        <translation>すべての状態</translation>
    </message>
    <message>
        <source>Choose a state</source>
        <translation>状態を選ぶ</translation>
    </message>
    <message>
        <source>States (*.rwkvstate *.pth *.safetensors *.st)</source>
        <translation>状態 (*.rwkvstate *.pth *.safetensors *.st)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>すべてのファイル (*)</translation>
    </message>
</context>
<context>
    <name>gui::StateFiles</name>
    <message>
        <source>%1 could not be renamed.</source>
        <translation>%1 の名前を変更できませんでした。</translation>
    </message>
    <message>
        <source>“%1” is not a name for a file.</source>
        <translation>「%1」はファイル名にできません。</translation>
    </message>
    <message>
        <source>%1 is there already.</source>
        <translation>%1 は既にあります。</translation>
    </message>
    <message>
        <source>There is no trash for this folder; nothing was deleted.</source>
        <translation>このフォルダーにはゴミ箱がありません。何も削除していません。</translation>
    </message>
    <message>
        <source>%1 could not be deleted.</source>
        <translation>%1 を削除できませんでした。</translation>
    </message>
    <message>
        <source>The change could not be taken back.</source>
        <translation>変更を元に戻せませんでした。</translation>
    </message>
</context>
<context>
    <name>gui::StatesPage</name>
    <message>
        <source>key, value</source>
        <translation>キー、値</translation>
    </message>
    <message>
        <source>value, key</source>
        <translation>値、キー</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>種類</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>系列</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>層</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>ヘッド</translation>
    </message>
    <message>
        <source>%1 of %2 channels</source>
        <translation>%1 個（各 %2 チャンネル）</translation>
    </message>
    <message>
        <source>Matrices stored as</source>
        <translation>行列の並び</translation>
    </message>
    <message>
        <source>Token-shift vectors</source>
        <translation>トークンシフトのベクトル</translation>
    </message>
    <message>
        <source>in the file</source>
        <translation>ファイルにあり</translation>
    </message>
    <message>
        <source>start at zero</source>
        <translation>ゼロから始まる</translation>
    </message>
    <message>
        <source>Offsets</source>
        <translation>オフセット</translation>
    </message>
    <message>
        <source>Saved with</source>
        <translation>保存時のモデル</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>メモ</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>レイアウト</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>A state is a model&apos;s memory in a file. Tuned ones change how it answers.

Save one from a chat (Ctrl+Shift+S), or add a folder with states.</source>
        <translation>状態は、ファイルに収めたモデルの記憶です。チューニング済みの状態は答え方を変えます。

チャットから保存するか（Ctrl+Shift+S）、状態のあるフォルダーを追加してください。</translation>
    </message>
    <message>
        <source>Start a chat</source>
        <translation>チャットを始める</translation>
    </message>
    <message>
        <source>Reveal in files</source>
        <translation>ファイルマネージャーで表示</translation>
    </message>
    <message>
        <source>Opens the folder of the selected state.</source>
        <translation>選んだ状態のフォルダーを開きます。</translation>
    </message>
    <message>
        <source>Choose a state on the left to see what it is.</source>
        <translation>左で状態を選ぶと、その内容が表示されます。</translation>
    </message>
    <message>
        <source>Load a model to see whether it can start from this state.</source>
        <translation>モデルを読み込むと、この状態から始められるか分かります。</translation>
    </message>
    <message>
        <source>Begins a new chat from this state.</source>
        <translation>この状態から新しいチャットを始めます。</translation>
    </message>
    <message>
        <source>Load a model first.</source>
        <translation>先にモデルを読み込んでください。</translation>
    </message>
    <message>
        <source>The loaded model cannot start from this state.</source>
        <translation>読み込んだモデルはこの状態から始められません。</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>ファイル</translation>
    </message>
    <message>
        <source>What each state is.</source>
        <translation>それぞれの状態の内容。</translation>
    </message>
    <message>
        <source>Blend two</source>
        <translation>二つをブレンド</translation>
    </message>
    <message>
        <source>A state between two others.</source>
        <translation>二つの状態の間の状態。</translation>
    </message>
    <message>
        <source>Audition</source>
        <translation>聴き比べ</translation>
    </message>
    <message>
        <source>One line, answered by several states.</source>
        <translation>一行に複数の状態が答えます。</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>名前を変更…</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>削除</translation>
    </message>
    <message>
        <source>Norms</source>
        <translation>ノルム</translation>
    </message>
    <message>
        <source>Renamed %1 to %2.</source>
        <translation>%1 を %2 に変更しました。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>元に戻す</translation>
    </message>
    <message>
        <source>%1 is in the trash.</source>
        <translation>%1 をゴミ箱に移しました。</translation>
    </message>
    <message>
        <source>Rename state</source>
        <translation>状態の名前を変更</translation>
    </message>
    <message>
        <source>New name of the file:</source>
        <translation>ファイルの新しい名前：</translation>
    </message>
    <message>
        <source>This state comes with Rookery and stays as it is.</source>
        <translation>この状態は Rookery に付属し、変更できません。</translation>
    </message>
    <message>
        <source>Another name for the file, in the same folder.</source>
        <translation>同じフォルダー内でファイル名を変えます。</translation>
    </message>
    <message>
        <source>Moves the file to the trash.</source>
        <translation>ファイルをゴミ箱に移します。</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>測定しています…</translation>
    </message>
    <message>
        <source>Norm of each layer and head, %1 in all</source>
        <translation>各層・各ヘッドのノルム、全体で %1</translation>
    </message>
    <message>
        <source>Which index of its matrices comes first. Change it when a state of another program says nothing but nonsense: it may be transposed.</source>
        <translation>行列のどちらの添字が先か。ほかのプログラムの状態が意味のないことしか言わないときに変えてください。転置されているかもしれません。</translation>
    </message>
    <message>
        <source>As the file says</source>
        <translation>ファイルのとおり</translation>
    </message>
    <message>
        <source>As the model has them</source>
        <translation>モデルと同じ</translation>
    </message>
    <message>
        <source>As the file says: %1</source>
        <translation>ファイルのとおり: %1</translation>
    </message>
</context>
<context>
    <name>gui::StatusStrip</name>
    <message>
        <source>What the engine does. Click for the models.</source>
        <translation>エンジンの状態。クリックでモデルを開きます。</translation>
    </message>
    <message>
        <source>Texts that are written now, of those possible at once.</source>
        <translation>いま書いている文章の数 / 同時に書ける数。</translation>
    </message>
    <message>
        <source>Tokens written per second, all texts together.</source>
        <translation>一秒あたりに書くトークン（全体）。</translation>
    </message>
    <message>
        <source>Memory that Rookery uses.</source>
        <translation>Rookery が使うメモリ。</translation>
    </message>
    <message>
        <source>Warnings and errors not looked at yet. Click for the log.</source>
        <translation>まだ見ていない警告とエラー。クリックでログを開きます。</translation>
    </message>
    <message>
        <source>○ No model</source>
        <translation>○ モデルなし</translation>
    </message>
    <message>
        <source>◐ Loading %1 · %2</source>
        <comment>percent, phase</comment>
        <translation>◐ 読み込み中 %1 · %2</translation>
    </message>
    <message>
        <source>● Generating</source>
        <translation>● 生成中</translation>
    </message>
    <message>
        <source>◑ Reading</source>
        <translation>◑ 読み取り中</translation>
    </message>
    <message>
        <source>● Ready</source>
        <translation>● 準備完了</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n row(s)</source>
        <translation>
            <numerusform>%1 / %n 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n queued</source>
        <translation>
            <numerusform>待機 %n</numerusform>
        </translation>
    </message>
    <message>
        <source>Memory %1</source>
        <translation>メモリ %1</translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s)</source>
        <translation>
            <numerusform>問題 %n 件</numerusform>
        </translation>
    </message>
    <message>
        <source>What changes the loaded model. Click for the adapters.</source>
        <translation>読み込んだモデルを変えているもの。クリックするとアダプターを表示します。</translation>
    </message>
    <message>
        <source>◐ Applying adapters</source>
        <translation>◐ アダプターを適用中</translation>
    </message>
    <message>
        <source>Adapters: %1</source>
        <translation>アダプター：%1</translation>
    </message>
    <message>
        <source>Other programs can use the model. Click for the server.</source>
        <translation>ほかのプログラムがモデルを使えます。クリックするとサーバーを表示します。</translation>
    </message>
    <message>
        <source>● Server open to the network</source>
        <translation>● サーバーをネットワークに公開中</translation>
    </message>
    <message>
        <source>● Server</source>
        <translation>● サーバー</translation>
    </message>
</context>
<context>
    <name>gui::TensorListModel</name>
    <message>
        <source>%1 %</source>
        <translation>%1%</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>テンソル</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形</translation>
    </message>
    <message>
        <source>Dtype</source>
        <comment>number format of the weights</comment>
        <translation>数値型</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>サイズ</translation>
    </message>
    <message>
        <source>Share</source>
        <comment>of the whole file</comment>
        <translation>割合</translation>
    </message>
</context>
<context>
    <name>gui::TranscriptModel</name>
    <message>
        <source>You: %1</source>
        <translation>あなた: %1</translation>
    </message>
    <message>
        <source>Answer: %1</source>
        <translation>回答: %1</translation>
    </message>
    <message>
        <source>Memory: %1</source>
        <translation>記憶: %1</translation>
    </message>
</context>
<context>
    <name>gui::TranscriptView</name>
    <message>
        <source>Copied</source>
        <translation>コピーしました</translation>
    </message>
    <message>
        <source>Copy selection</source>
        <translation>選択部分をコピー</translation>
    </message>
    <message>
        <source>Copy link address</source>
        <translation>リンクのアドレスをコピー</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>会話</translation>
    </message>
    <message>
        <source>Goes to the end of the conversation</source>
        <translation>会話の終わりに移ります</translation>
    </message>
    <message numerus="yes">
        <source>↓ %n new token(s)</source>
        <translation>
            <numerusform>↓ 新しい %n トークン</numerusform>
        </translation>
    </message>
</context>
</TS>
